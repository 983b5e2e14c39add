#include <atomic>
#include <cerrno>
#include <chrono>
#include <linux/futex.h>
#include <memory>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "spawn.h"
#include "system_error.h"
#include "thread.h"

namespace tsrun {

namespace {

struct Job {
	Request request;
	OwnedDescriptor answer;
};

constexpr uint64_t ahead_flags = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

// A thread that spawns. What it spawns in namespaces of its own is born in them: the kernel has made them while the
// caller had other things to do. It has no descriptor until there is a job: who may open few could not clean up
// otherwise.
struct Spawner {
	enum State : uint32_t { waiting, asked, given_up };
	uint64_t flags = 0;
	cpu_set_t processors = {};
	std::unique_ptr<Job> job;
	std::atomic<uint32_t> state{waiting};

	void proceed(State to) {
		state.store(to);
		syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
	}
	void give_up() {
		if (state.load() == waiting) proceed(given_up);
	}
	State await() {
		while (state.load() == waiting)
			syscall(SYS_futex, &state, FUTEX_WAIT_PRIVATE, waiting, nullptr, nullptr, 0);
		return static_cast<State>(state.load());
	}
};

using SharedSpawner = std::shared_ptr<Spawner>;

void *spawn_in_thread(void *argument) {
	const std::unique_ptr<SharedSpawner> held(static_cast<SharedSpawner *>(argument));
	Spawner &spawner = **held;
	// If they cannot be had, the clone says why.
	const uint64_t entered =
	    spawner.flags != 0 && unshare(static_cast<int>(spawner.flags)) == 0 ? spawner.flags : 0;
	if (spawner.await() == Spawner::asked) {
		if (CPU_COUNT(&spawner.processors) > 0)
			sched_setaffinity(0, sizeof spawner.processors, &spawner.processors);
		const std::unique_ptr<Job> job = std::move(spawner.job);
		job->request.flags &= ~entered;
		auto spawned = std::make_unique<Spawned>(spawn(std::move(job->request)));
		// Within one process the message can be the pointer. It is only not taken when the JavaScript
		// environment has ended: the helper finds its channel closed then, and ends as well.
		Spawned *const message = spawned.get();
		if (send(job->answer.get(), &message, sizeof message, MSG_NOSIGNAL) == sizeof message)
			spawned.release();
	}
	return nullptr;
}

int start_spawner(const SharedSpawner &spawner) {
	auto held = std::make_unique<SharedSpawner>(spawner);
	// The namespaces are made while the caller goes on; for a clone it waits.
	const int error = spawner->flags == 0 ? start_thread(spawn_in_thread, held.get())
	                                      : start_thread_beside(spawn_in_thread, held.get(), &spawner->processors);
	if (error == 0) held.release(); // the thread's
	return error;
}

Napi::Value spawn_ahead(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	auto spawner = std::make_shared<Spawner>();
	spawner->flags = in.wide(0);
	if (in.refused()) return {};
	if ((spawner->flags & ~ahead_flags) != 0) return throw_system_error(env, "unshare", EINVAL);
	if (const int error = start_spawner(spawner)) return throw_system_error(env, "pthread_create", error);
	return Napi::External<SharedSpawner>::New(env, new SharedSpawner(std::move(spawner)),
	                                          [](Napi::Env, SharedSpawner *kept) {
		                                          (*kept)->give_up();
		                                          delete kept;
	                                          });
}

// Null where it is none.
Spawner *spawner_of(const Napi::CallbackInfo &info, size_t index) {
	if (info.Length() <= index || !info[index].IsExternal()) return nullptr;
	return info[index].As<Napi::External<SharedSpawner>>().Data()->get();
}

Napi::Value spawn_give_up(const Napi::CallbackInfo &info) {
	Spawner *const spawner = spawner_of(info, 0);
	if (spawner == nullptr) return throw_system_error(info.Env(), "futex", EINVAL);
	spawner->give_up();
	return info.Env().Undefined();
}

// As with a lock that is waited for (lock.cc): no thread ever calls into JavaScript.
Napi::Value spawn_init_begin(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	auto job = std::make_unique<Job>();
	if (!read_request(info, &job->request)) return {};
	const bool is_ahead = info.Length() > 1 && !info[1].IsUndefined();
	Spawner *const ahead = is_ahead ? spawner_of(info, 1) : nullptr;
	// One that is none, or spawns already, or no more.
	if (is_ahead && (ahead == nullptr || ahead->state.load() != Spawner::waiting))
		return throw_system_error(env, "futex", EINVAL);
	// The helper is born in what the thread is in.
	if (ahead != nullptr && (ahead->flags & ~job->request.flags) != 0)
		return throw_system_error(env, "clone3", EINVAL);
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
		return throw_system_error(env, "socketpair", errno);
	OwnedDescriptor mine(ends[0]);
	job->answer = OwnedDescriptor(ends[1]);
	if (ahead != nullptr) {
		ahead->job = std::move(job);
		ahead->proceed(Spawner::asked);
	} else {
		const auto spawner = std::make_shared<Spawner>();
		spawner->job = std::move(job);
		spawner->state.store(Spawner::asked);
		if (const int error = start_spawner(spawner)) return throw_system_error(env, "pthread_create", error);
	}
	return Napi::Number::New(env, mine.release());
}

// For as long as the kernel takes. A caller that fell asleep would leave an idle processor, on which the kernel puts
// the new process; and there the answer wakes the caller, before it is woken up to let its child go on: a third of a
// millisecond of three, with the other processor idle. Who has one alone has to make room for the thread.
Napi::Value spawn_init_await(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int answer = in.integer(0);
	if (in.refused()) return {};
	cpu_set_t processors;
	const bool several = sched_getaffinity(0, sizeof processors, &processors) != 0 || CPU_COUNT(&processors) > 1;
	const auto awake_until = std::chrono::steady_clock::now() + std::chrono::microseconds(several ? 300 : 0);
	for (;;) {
		pollfd one = {answer, POLLIN, 0};
		const bool is_awake = std::chrono::steady_clock::now() < awake_until;
		const int ready = poll(&one, 1, is_awake ? 0 : -1);
		if (ready > 0) return info.Env().Undefined();
		if (ready < 0 && errno != EINTR) return throw_system_error(info.Env(), "poll", errno);
	}
}

Napi::Value spawn_init_end(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int answer = in.integer(0);
	if (in.refused()) return {};
	Spawned *message = nullptr;
	const ssize_t length = recv(answer, &message, sizeof message, MSG_DONTWAIT);
	if (length != sizeof message) return throw_system_error(env, "recv", length < 0 ? errno : ECONNRESET);
	const std::unique_ptr<Spawned> spawned(message);
	return result_of(env, std::move(*spawned));
}

} // namespace

void init_spawner(Napi::Env, Napi::Object exports) {
	offer<spawn_ahead>(exports, "spawnAhead");
	offer<spawn_give_up>(exports, "spawnGiveUp");
	offer<spawn_init_begin>(exports, "spawnInitBegin");
	offer<spawn_init_await>(exports, "spawnInitAwait");
	offer<spawn_init_end>(exports, "spawnInitEnd");
}

} // namespace tsrun
