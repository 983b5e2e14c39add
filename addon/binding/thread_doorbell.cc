#include "doorbell.h"

#include <cerrno>
#include <mutex>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "owned_descriptor.h"
#include "thread.h"

namespace tsrun {

namespace {

struct Shared {
	OwnedDescriptor both; // an epoll of the one that is waited for, at each new event, and of `stop`
	OwnedDescriptor stop;
	std::mutex mutex;                        // of the rest
	napi_threadsafe_function wake = nullptr; // null once it must not be called any more
};

constexpr int pause_milliseconds = 1;

void *sleep_and_ring(void *argument) {
	const std::unique_ptr<std::shared_ptr<Shared>> owner(static_cast<std::shared_ptr<Shared> *>(argument));
	Shared &shared = **owner;
	for (;;) {
		epoll_event ready[2];
		const int count = epoll_wait(shared.both.get(), ready, 2, -1);
		const bool refused = count < 0 && errno != EINTR;
		// Whoever waits would wait for good without this thread: it looks again and again instead of sleeping.
		if (refused) poll(nullptr, 0, pause_milliseconds);
		for (int i = 0; i < count; i++)
			if (ready[i].data.fd == shared.stop.get()) return nullptr;
		const std::lock_guard<std::mutex> guard(shared.mutex);
		if (shared.wake == nullptr) return nullptr;
		if (count > 0 || refused) napi_call_threadsafe_function(shared.wake, nullptr, napi_tsfn_nonblocking);
	}
}

class ThreadDoorbell : public Doorbell {
      public:
	ThreadDoorbell(Napi::Env env, Answer answer, void *subject) : env_(env), answer_(answer), subject_(subject) {}
	bool start(int epoll, const char **syscall);
	void keep_alive(bool on) override {
		if (on)
			napi_ref_threadsafe_function(env_, wake_);
		else
			napi_unref_threadsafe_function(env_, wake_);
	}

	void silence() override {
		if (!shared_) return;
		{
			const std::lock_guard<std::mutex> guard(shared_->mutex);
			shared_->wake = nullptr;
		}
		eventfd_write(shared_->stop.get(), 1);
		shared_.reset();
	}

      private:
	napi_env env_;
	Answer answer_;
	void *subject_;
	napi_threadsafe_function wake_ = nullptr;
	std::shared_ptr<Shared> shared_; // with the thread; null once it was stopped
};

bool ThreadDoorbell::start(int epoll, const char **syscall) {
	auto shared = std::make_shared<Shared>();
	*syscall = "epoll_create1";
	shared->both = OwnedDescriptor(epoll_create1(EPOLL_CLOEXEC));
	if (!shared->both.valid()) return false;
	*syscall = "eventfd";
	shared->stop = OwnedDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (!shared->stop.valid()) return false;
	*syscall = "epoll_ctl";
	for (const int fd : {epoll, shared->stop.get()}) {
		epoll_event event = {};
		// The environment's thread fetches them all: until it has, the thread is not to be told again and
		// again.
		event.events = EPOLLIN | (fd == epoll ? EPOLLET : 0U);
		event.data.fd = fd;
		if (epoll_ctl(shared->both.get(), EPOLL_CTL_ADD, fd, &event) != 0) return false;
	}

	const auto rung = [](napi_env env, napi_value, void *self, void *) {
		auto *doorbell = static_cast<ThreadDoorbell *>(self);
		if (env != nullptr && doorbell->shared_) doorbell->answer_(doorbell->subject_, env);
	};
	const auto finalize = [](napi_env, void *, void *self) { static_cast<ThreadDoorbell *>(self)->silence(); };
	*syscall = "napi_create_threadsafe_function";
	errno = ENOMEM;
	const napi_value name = Napi::String::New(env_, "tsrun watch");
	if (napi_create_threadsafe_function(env_, nullptr, nullptr, name, 0, 1, nullptr, finalize, this, rung,
	                                    &wake_) != napi_ok)
		return false;
	napi_unref_threadsafe_function(env_, wake_);
	shared->wake = wake_;
	shared_ = shared;

	*syscall = "pthread_create";
	auto owner = std::make_unique<std::shared_ptr<Shared>>(shared);
	if (const int error = start_thread(sleep_and_ring, owner.get())) {
		silence();
		errno = error;
		return false;
	}
	owner.release(); // the thread's
	return true;
}

} // namespace

std::unique_ptr<Doorbell> thread_doorbell(Napi::Env env, int epoll, Doorbell::Answer answer, void *subject,
                                          const char **syscall) {
	auto doorbell = std::make_unique<ThreadDoorbell>(env, answer, subject);
	if (!doorbell->start(epoll, syscall)) return nullptr;
	return doorbell;
}

} // namespace tsrun
