/* SPDX-License-Identifier: Apache-2.0 */
/* Branches of a run: copies of the whole process. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tests/sim/machine.h>

static void write_all(int to, const void *bytes, size_t size)
{
    const char *from = bytes;

    while (size > 0) {
        ssize_t written = write(to, from, size);

        if (written <= 0)
            return;
        from += written;
        size -= (size_t)written;
    }
}

static void become_branch(int pipe, struct machine *machine, branch_body *body,
                          void *context, size_t answer_size)
{
    void *answer = calloc(1, answer_size + 1);
    int result;

    if (answer == NULL)
        _exit(255);
    result = body(machine, context, answer, answer_size);
    write_all(pipe, answer, answer_size);
    fflush(NULL);
    _exit(result & 255);
}

bool branch_start(struct branch *branch, struct machine *machine,
                  branch_body *body, void *context, size_t answer_size)
{
    int ends[2];

    /* What is in buffers would be written by each branch again. */
    fflush(NULL);
    if (pipe(ends) != 0)
        return false;
    branch->pid = fork();
    if (branch->pid == 0) {
        close(ends[0]);
        become_branch(ends[1], machine, body, context, answer_size);
    }
    close(ends[1]);
    branch->pipe = ends[0];
    if (branch->pid > 0)
        return true;
    close(ends[0]);
    return false;
}

int branch_wait(struct branch *branch, void *answer, size_t answer_size)
{
    char *to = answer;
    size_t room = answer_size;
    ssize_t length;
    int status;

    while (room > 0 && (length = read(branch->pipe, to, room)) > 0) {
        to += length;
        room -= (size_t)length;
    }
    close(branch->pipe);
    if (waitpid(branch->pid, &status, 0) != branch->pid || !WIFEXITED(status))
        return -1;
    return room == 0 ? WEXITSTATUS(status) : -1;
}

int machine_branch(struct machine *machine, branch_body *body, void *context,
                   void *answer, size_t answer_size)
{
    struct branch branch;

    if (!branch_start(&branch, machine, body, context, answer_size))
        return -1;
    return branch_wait(&branch, answer, answer_size);
}
