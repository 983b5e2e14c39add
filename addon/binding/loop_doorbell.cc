#include "doorbell.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

namespace tsrun {

namespace {

/// What is needed of libuv. Its header comes with Node's, which a build need not have; the numbers are those of its
/// stable interface (libuv 1.x), and the one that could be another is checked.
struct Libuv {
	static constexpr int poll_type = 8;
	static constexpr int readable = 1;

	size_t (*handle_size)(int type);
	const char *(*handle_type_name)(int type);
	int (*poll_init)(void *loop, void *poll, int fd);
	int (*poll_start)(void *poll, int events, void (*callback)(void *poll, int status, int events));
	void (*set_data)(void *poll, void *data);
	void *(*get_data)(const void *poll);
	void (*ref)(void *poll);
	void (*unref)(void *poll);
	void (*close)(void *poll, void (*closed)(void *poll));
	bool complete;

	Libuv() {
		complete = find(&handle_size, "uv_handle_size") && find(&handle_type_name, "uv_handle_type_name") &&
		           find(&poll_init, "uv_poll_init") && find(&poll_start, "uv_poll_start") &&
		           find(&set_data, "uv_handle_set_data") && find(&get_data, "uv_handle_get_data") &&
		           find(&ref, "uv_ref") && find(&unref, "uv_unref") && find(&close, "uv_close");
		if (!complete) return;
		const char *name = handle_type_name(poll_type);
		complete = name != nullptr && strcmp(name, "poll") == 0;
	}

      private:
	template <typename Function>
	static bool find(Function *function, const char *name) {
		*function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
		return *function != nullptr;
	}
};

const Libuv &libuv() {
	static const Libuv functions;
	return functions;
}

/// Bun has functions of these names, which end the program when they are called.
bool is_bun(Napi::Env env) {
	const Napi::Value process = env.Global().Get("process");
	if (!process.IsObject()) return true;
	const Napi::Value versions = process.As<Napi::Object>().Get("versions");
	return !versions.IsObject() || versions.As<Napi::Object>().Has("bun");
}

/// Outlives its doorbell: libuv gives a handle back a turn of its loop after it was closed, and the environment has to
/// wait for that.
struct Handle {
	napi_env env;
	Doorbell::Answer answer;
	void *subject; // null: nobody answers any more
	void *poll;
	napi_async_context context;
	napi_async_cleanup_hook_handle hook;
};

void ring(void *poll, int, int) {
	const auto *handle = static_cast<Handle *>(libuv().get_data(poll));
	if (handle->subject == nullptr) return;
	const Napi::Env env(handle->env);
	const Napi::HandleScope scope(env);
	// Promises that are settled in it have their turn when it ends.
	const Napi::CallbackScope callback_scope(env, handle->context);
	handle->answer(handle->subject, env);
}

void closed(void *poll) {
	auto *handle = static_cast<Handle *>(libuv().get_data(poll));
	if (handle->hook != nullptr) napi_remove_async_cleanup_hook(handle->hook);
	free(poll);
	delete handle;
}

void end(napi_async_cleanup_hook_handle, void *data) {
	auto *handle = static_cast<Handle *>(data);
	handle->subject = nullptr;
	libuv().close(handle->poll, closed);
}

class LoopDoorbell : public Doorbell {
      public:
	explicit LoopDoorbell(Handle *handle) : handle_(handle) {}
	void silence() override { handle_->subject = nullptr; }
	void keep_alive(bool on) override { on ? libuv().ref(handle_->poll) : libuv().unref(handle_->poll); }

      private:
	Handle *handle_;
};

} // namespace

std::unique_ptr<Doorbell> loop_doorbell(Napi::Env env, int epoll, Doorbell::Answer answer, void *subject) {
	struct uv_loop_s *loop = nullptr;
	if (is_bun(env) || !libuv().complete || napi_get_uv_event_loop(env, &loop) != napi_ok) return nullptr;
	void *poll = calloc(1, libuv().handle_size(Libuv::poll_type));
	if (poll == nullptr) return nullptr;
	if (libuv().poll_init(loop, poll, epoll) != 0) {
		free(poll);
		return nullptr;
	}
	auto *handle = new Handle{env, answer, nullptr, poll, nullptr, nullptr};
	libuv().set_data(poll, handle);
	const napi_value name = Napi::String::New(env, "tsrun watch");
	if (libuv().poll_start(poll, Libuv::readable, ring) != 0 ||
	    napi_async_init(env, nullptr, name, &handle->context) != napi_ok ||
	    napi_add_async_cleanup_hook(env, end, handle, &handle->hook) != napi_ok) {
		libuv().close(poll, closed);
		return nullptr;
	}
	handle->subject = subject;
	libuv().unref(poll);
	return std::make_unique<LoopDoorbell>(handle);
}

} // namespace tsrun
