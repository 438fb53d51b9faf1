// SPDX-License-Identifier: Apache-2.0
// Shows an app in C++: classes with virtual functions, a template, constructors of
// global objects, new and delete, a lambda as a callback. See README.md.
#include <berth/alarm.h>
#include <berth/event.h>
#include <stdio.h>

namespace
{

class Greeting
{
  public:
    virtual ~Greeting() = default;
    virtual const char *text() const = 0;
};

class Morning : public Greeting
{
  public:
    const char *text() const override
    {
        return "Good morning";
    }
};

class Evening : public Greeting
{
  public:
    const char *text() const override
    {
        return "Good evening";
    }
};

// Owns one object.
template <typename T> class Owner
{
  public:
    explicit Owner(T *object) : object_(object)
    {
    }
    ~Owner()
    {
        delete object_;
    }
    Owner(const Owner &) = delete;
    Owner &operator=(const Owner &) = delete;
    const T &operator*() const
    {
        return *object_;
    }

  private:
    T *object_;
};

// Made before main() begins.
class Counter
{
  public:
    Counter() : count_(1)
    {
    }
    unsigned next()
    {
        return count_++;
    }

  private:
    unsigned count_;
};

Counter counter;

void greet(const Greeting &greeting)
{
    printf("greeter: %s, number %u\n", greeting.text(), counter.next());
}

} // namespace

int main()
{
    Owner<Greeting> morning(new Morning), evening(new Evening);
    greet(*morning);
    greet(*evening);
    berth_alarm alarm{};
    volatile bool is_over = false;
    err_t error = berth_alarm_after_ms(
        &alarm, 50,
        [](uint32_t, void *flag) {
            *static_cast<volatile bool *>(flag) = true;
        },
        const_cast<bool *>(&is_over));
    if (error == OK) {
        berth_wait_until(&is_over);
        printf("greeter: the alarm has called a lambda\n");
    }
    return static_cast<int>(error);
}
