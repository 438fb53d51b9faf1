/* SPDX-License-Identifier: Apache-2.0 */
/* Buttons. The event is (index, pressed, 0). */
#include <berth/button.h>

#include <berth/event.h>

enum { BUTTON_COUNT, BUTTON_ENABLE, BUTTON_DISABLE, BUTTON_READ };
enum { BUTTON_CHANGED = 0 };

static err_t button_ask(uint32_t number, uint32_t index, uint32_t *value)
{
    return berth_error_or_value(
        syscall_command(DRIVER_BUTTON, number, index, 0), value);
}

uint32_t berth_button_count(void)
{
    uint32_t count = 0;
    (void)button_ask(BUTTON_COUNT, 0, &count);
    return count;
}

err_t berth_button_read(uint32_t index, bool *is_pressed)
{
    uint32_t value = 0;
    err_t error = button_ask(BUTTON_READ, index, &value);
    if (error == OK) {
        *is_pressed = value != 0;
    }
    return error;
}

static berth_button_fn *listener;

static void button_changes(uint32_t index, uint32_t pressed, uint32_t unused,
                           void *userdata)
{
    (void)unused;
    listener(index, pressed != 0, userdata);
}

err_t berth_button_listen(berth_button_fn *function, void *userdata)
{
    listener = function;
    return berth_error_of(syscall_subscribe(DRIVER_BUTTON, BUTTON_CHANGED,
                                            function ? button_changes : NULL,
                                            userdata));
}

err_t berth_button_enable(uint32_t index)
{
    return berth_error_of(
        syscall_command(DRIVER_BUTTON, BUTTON_ENABLE, index, 0));
}

err_t berth_button_disable(uint32_t index)
{
    return berth_error_of(
        syscall_command(DRIVER_BUTTON, BUTTON_DISABLE, index, 0));
}

err_t berth_button_wait(uint32_t index, bool *is_pressed)
{
    err_t error = berth_button_listen(NULL, NULL);
    if (error == OK) {
        error = berth_button_enable(index);
    }
    while (error == OK) {
        struct event event =
            syscall_yield_wait_for(DRIVER_BUTTON, BUTTON_CHANGED);
        if (event.value[0] == index) {
            *is_pressed = event.value[1] != 0;
            break;
        }
    }
    return error;
}

struct press_wait {
    uint32_t index;
    volatile bool is_done;
    bool is_pressed;
};

static void note_press(uint32_t index, bool is_pressed, void *userdata)
{
    struct press_wait *wait = userdata;
    if (index == wait->index && !wait->is_done) {
        wait->is_pressed = is_pressed;
        wait->is_done = true;
    }
}

err_t berth_button_wait_timeout(uint32_t index, uint32_t ms, bool *is_pressed)
{
    struct press_wait wait = { .index = index };
    err_t error = berth_button_listen(note_press, &wait);
    if (error == OK) {
        error = berth_button_enable(index);
    }
    if (error == OK && !berth_wait_until_timeout(&wait.is_done, ms)) {
        error = ERR_CANCEL;
    }
    (void)berth_button_listen(NULL, NULL);
    if (error == OK) {
        *is_pressed = wait.is_pressed;
    }
    return error;
}
