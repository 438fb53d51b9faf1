/* SPDX-License-Identifier: Apache-2.0 */
/* Shows where a new app in C++ begins: it prints, and then keeps time for
 * ever. No exceptions and no run-time type information; constructors,
 * destructors, templates and virtual functions as usual. */
#include <berth/alarm.h>
#include <stdio.h>

namespace
{

class Clock
{
  public:
    explicit Clock(unsigned step) : step_(step)
    {
    }

    void wait()
    {
        (void)berth_sleep_ms(1000 * step_);
        seconds_ += step_;
    }

    unsigned seconds() const
    {
        return seconds_;
    }

  private:
    unsigned step_;
    unsigned seconds_ = 0;
};

} // namespace

int main()
{
    Clock clock(10);
    printf("%s %d is here\n", BERTH_APP_NAME, BERTH_APP_VERSION);
    for (;;) {
        printf("%s: %u seconds\n", BERTH_APP_NAME, clock.seconds());
        clock.wait();
    }
}
