#include "module.h"

#include "messages.h"

namespace {

// Raised with every change of the addon's JavaScript surface; lib/native/load.ts refuses any other number.
constexpr uint32_t interface_version = 14;

Napi::Object init(Napi::Env env, Napi::Object exports) {
	exports.Set("interfaceVersion", interface_version);
	exports.Set("wireVersion", TSRUN_WIRE_VERSION);
	tsrun::init_spawn(env, exports);
	tsrun::init_spawner(env, exports);
	tsrun::init_process(env, exports);
	tsrun::init_clock(env, exports);
	tsrun::init_memfd(env, exports);
	tsrun::init_channel(env, exports);
	tsrun::init_unix_socket(env, exports);
	tsrun::init_lock(env, exports);
	tsrun::init_watch(env, exports);
	tsrun::init_files(env, exports);
	tsrun::init_contents(env, exports);
	tsrun::init_paths(env, exports);
	tsrun::init_cgroup_mark(env, exports);
	tsrun::init_cgroup_tree(env, exports);
	tsrun::init_mounts(env, exports);
	tsrun::init_new_mount(env, exports);
	tsrun::init_netlink(env, exports);
	tsrun::init_user_namespace(env, exports);
	tsrun::init_terminal(env, exports);
	tsrun::init_device_program(env, exports);
	tsrun::init_seccomp(env, exports);
	tsrun::init_seccomp_notify(env, exports);
	return exports;
}

} // namespace

NODE_API_MODULE(tsrun, init)
