#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <linux/mount.h>
#include <string>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "system_error.h"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

namespace tsrun {

namespace {

Napi::Value open_tree(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string path = in.text(0);
	const int flags = in.integer(1);
	if (in.refused()) return {};
	const long fd =
	    syscall(SYS_open_tree, AT_FDCWD, path.c_str(), static_cast<unsigned>(flags) | OPEN_TREE_CLOEXEC);
	if (fd < 0) return throw_system_error(info.Env(), "open_tree", errno, path.c_str());
	return Napi::Number::New(info.Env(), static_cast<double>(fd));
}

Napi::Value mount_idmap(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int tree = in.integer(0);
	const int user_namespace = in.integer(1);
	const bool recursive = in.boolean(2);
	if (in.refused()) return {};
	mount_attr attributes = {};
	attributes.attr_set = MOUNT_ATTR_IDMAP;
	attributes.userns_fd = static_cast<uint64_t>(user_namespace);
	const unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
	if (syscall(SYS_mount_setattr, tree, "", flags, &attributes, sizeof attributes) != 0)
		return throw_system_error(info.Env(), "mount_setattr", errno);
	return info.Env().Undefined();
}

// The mount at a path with all below it. What is mounted there may have peers, a recursive bind mount of the host's
// /sys as an example, and taking it away would take theirs away: first it is made to keep to itself.
Napi::Value detach_mount(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string path = in.text(0);
	if (in.refused()) return {};
	if (mount(nullptr, path.c_str(), nullptr, MS_SLAVE | MS_REC, nullptr) != 0)
		return throw_system_error(info.Env(), "mount", errno, path.c_str());
	if (umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0)
		return throw_system_error(info.Env(), "umount2", errno, path.c_str());
	return info.Env().Undefined();
}

} // namespace

void init_mounts(Napi::Env, Napi::Object exports) {
	offer<open_tree>(exports, "openTree");
	offer<mount_idmap>(exports, "mountIdmap");
	offer<detach_mount>(exports, "detachMount");
}

} // namespace tsrun
