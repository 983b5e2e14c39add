// One function per source file: each adds what its file offers to the addon's exports. A new file needs a line here,
// one in module.cc and one in CMakeLists.txt.
#pragma once

#include <napi.h>

namespace tsrun {

void init_spawn(Napi::Env env, Napi::Object exports);
void init_spawner(Napi::Env env, Napi::Object exports);
void init_process(Napi::Env env, Napi::Object exports);
void init_clock(Napi::Env env, Napi::Object exports);
void init_memfd(Napi::Env env, Napi::Object exports);
void init_channel(Napi::Env env, Napi::Object exports);
void init_unix_socket(Napi::Env env, Napi::Object exports);
void init_lock(Napi::Env env, Napi::Object exports);
void init_watch(Napi::Env env, Napi::Object exports);
void init_files(Napi::Env env, Napi::Object exports);
void init_contents(Napi::Env env, Napi::Object exports);
void init_paths(Napi::Env env, Napi::Object exports);
void init_cgroup_mark(Napi::Env env, Napi::Object exports);
void init_cgroup_tree(Napi::Env env, Napi::Object exports);
void init_mounts(Napi::Env env, Napi::Object exports);
void init_new_mount(Napi::Env env, Napi::Object exports);
void init_netlink(Napi::Env env, Napi::Object exports);
void init_user_namespace(Napi::Env env, Napi::Object exports);
void init_terminal(Napi::Env env, Napi::Object exports);
void init_device_program(Napi::Env env, Napi::Object exports);
void init_seccomp(Napi::Env env, Napi::Object exports);
void init_seccomp_notify(Napi::Env env, Napi::Object exports);

using Implementation = Napi::Value (*)(const Napi::CallbackInfo &info);

/// Adds one function to the exports. As an argument of the template nothing has to be allocated for it.
template <Implementation implementation>
void offer(Napi::Object exports, const char *name) {
	exports.Set(name, Napi::Function::New<implementation>(exports.Env(), name));
}

} // namespace tsrun
