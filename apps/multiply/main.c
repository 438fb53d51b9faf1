/* SPDX-License-Identifier: Apache-2.0 */
/* Shows an app of 100 KB that computes without end beside others: a Mandelbrot
 * set whose products come from a table of quarter squares, as calculators did it
 * before they could multiply: ab = f(a + b) - f(a - b), f(x) = x * x / 4. Each
 * line is made a second time with the processor's multiplier, and both have to
 * be equal. See README.md. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* The table: 24576 words of flash, made by the preprocessor. */
#define Q1(n) ((uint32_t)(n) * (uint32_t)(n) / 4u)
#define Q4(n) Q1(n), Q1((n) + 1), Q1((n) + 2), Q1((n) + 3)
#define Q16(n) Q4(n), Q4((n) + 4), Q4((n) + 8), Q4((n) + 12)
#define Q64(n) Q16(n), Q16((n) + 16), Q16((n) + 32), Q16((n) + 48)
#define Q256(n) Q64(n), Q64((n) + 64), Q64((n) + 128), Q64((n) + 192)
#define Q1K(n) Q256(n), Q256((n) + 256), Q256((n) + 512), Q256((n) + 768)
#define Q4K(n) Q1K(n), Q1K((n) + 1024), Q1K((n) + 2048), Q1K((n) + 3072)
#define Q12K(n) Q4K(n), Q4K((n) + 4096), Q4K((n) + 8192)
#define TABLE_SIZE 24576u

static const uint32_t quarter[] = { Q12K(0), Q12K(12288) };
_Static_assert(sizeof quarter == TABLE_SIZE * sizeof(uint32_t), "a hole");

/* Fixed point: 12 bits behind the point, and values below 3. */
#define ONE 4096
#define LIMIT (3 * ONE - 1)
#define WIDTH 64
#define HEIGHT 32
#define DEPTH 60

typedef int32_t multiply_fn(int32_t a, int32_t b);

static uint32_t magnitude(int32_t a)
{
    return (uint32_t)(a < 0 ? -a : a);
}

static int32_t by_table(int32_t a, int32_t b)
{
    uint32_t x = magnitude(a), y = magnitude(b);
    uint32_t difference = x > y ? x - y : y - x;
    uint32_t product = quarter[x + y] - quarter[difference];
    int32_t scaled = (int32_t)(product / ONE);
    return (a < 0) != (b < 0) ? -scaled : scaled;
}

static int32_t by_hardware(int32_t a, int32_t b)
{
    uint32_t product = magnitude(a) * magnitude(b);
    int32_t scaled = (int32_t)(product / ONE);
    return (a < 0) != (b < 0) ? -scaled : scaled;
}

/* How many steps until it leaves; DEPTH: it stays. */
static int steps(int32_t cx, int32_t cy, multiply_fn *multiply)
{
    int32_t x = 0, y = 0;
    for (int n = 0; n < DEPTH; n++) {
        if (magnitude(x) > 2 * ONE || magnitude(y) > 2 * ONE) {
            return n;
        }
        int32_t xx = multiply(x, x), yy = multiply(y, y);
        if (xx + yy > 4 * ONE) {
            return n;
        }
        y = 2 * multiply(x, y) + cy;
        x = xx - yy + cx;
    }
    return DEPTH;
}

static void line_make(int row, char line[WIDTH + 1], multiply_fn *multiply)
{
    static const char shades[] = " .:-=+*#%@";
    for (int column = 0; column < WIDTH; column++) {
        int n = steps((column - 44) * 3 * ONE / WIDTH,
                      (2 * row - HEIGHT) * ONE * 5 / 4 / HEIGHT, multiply);
        line[column] = shades[n * 9 / DEPTH];
    }
    line[WIDTH] = '\0';
}

int main(void)
{
    char line[WIDTH + 1], check[WIDTH + 1];
    uint32_t differences = 0;
    for (uint32_t picture = 1;; picture++) {
        for (int row = 0; row < HEIGHT; row++) {
            line_make(row, line, by_table);
            line_make(row, check, by_hardware);
            for (int i = 0; i < WIDTH; i++) {
                differences += line[i] != check[i];
            }
            if (picture == 1) {
                printf("multiply: %s\n", line);
            }
        }
        printf("multiply: %u pictures, %u differences\n", (unsigned)picture,
               (unsigned)differences);
    }
}
