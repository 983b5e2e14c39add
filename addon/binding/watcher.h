#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <napi.h>
#include <vector>

#include "owned_descriptor.h"

namespace tsrun {

/// The descriptors one JavaScript environment waits for: one epoll, one thread that sleeps in it, one thread-safe function
/// by which that thread wakes the event loop. All methods are for the environment's own thread.
///
/// A watch fires once; it has to be armed again for the next event. It keeps the event loop alive only while it is armed
/// and referenced. The thread stays, asleep, when no watch is left: it does not keep the process from ending, and making
/// one anew for every wait would cost more than all the rest.
class Watcher {
  public:
    ~Watcher();

    /// Begins a watch, armed; its number, or 0 with errno set (`*syscall` failed). Throws nothing.
    uint64_t add(Napi::Env env, int fd, uint32_t events, Napi::Function callback, const char **syscall);
    /// False with errno set when the kernel refuses. A closed or armed watch stays as it is.
    bool arm(uint64_t id);
    void remove(uint64_t id);
    void reference(uint64_t id, bool on);

  private:
    struct Watch {
        int fd;
        OwnedDescriptor copy; ///< of fd, when fd itself is watched already: epoll takes a descriptor once
        uint32_t events;
        Napi::FunctionReference callback;
        bool armed;
        bool referenced;
    };
    struct Event {
        uint64_t id;
        uint32_t events;
    };
    struct Wakeups; // what the thread shares with us

    bool start(Napi::Env env, const char **syscall);
    void stop();
    bool control(int operation, uint64_t id, const Watch &watch);
    void count(const Watch &watch, int change);
    void deliver(Napi::Env env);
    static void *run(void *wakeups);

    std::map<uint64_t, Watch> watches_;
    uint64_t last_id_ = 0;
    size_t active_ = 0; ///< watches that are armed and referenced
    Napi::Env env_ = nullptr;
    std::shared_ptr<Wakeups> wakeups_;
};

} // namespace tsrun
