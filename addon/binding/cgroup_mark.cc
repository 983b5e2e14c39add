// Cgroups above a container's are made for it where they are missing, and others come to share them. Who made one is
// not known to the last of them, so it is written on the directory itself, where it is true for as long as the
// directory is there.
#include <cerrno>
#include <string>
#include <sys/xattr.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "system_error.h"

namespace tsrun {

namespace {

// The first is for CAP_SYS_ADMIN alone (xattr(7)), the second for the owner of the directory; a cgroup takes them since
// Linux 3.7 and 5.7.
constexpr const char *names[] = {"trusted.tsrun.made", "user.tsrun.made"};

bool is_marked(const std::string &directory) {
	for (const char *name : names)
		if (getxattr(directory.c_str(), name, nullptr, 0) >= 0) return true;
	return false;
}

// markCgroup(path): whether the kernel keeps the mark
Napi::Value mark(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string directory = in.text(0);
	if (in.refused()) return {};
	bool kept = false;
	for (const char *name : names)
		if (!kept) kept = setxattr(directory.c_str(), name, "", 0, 0) == 0;
	return Napi::Boolean::New(info.Env(), kept);
}

// removeMarkedCgroupsAbove(path): up to the first that is not marked, or that somebody uses
Napi::Value remove_above(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	std::string directory = in.text(0);
	if (in.refused()) return {};
	for (size_t end; (end = directory.rfind('/')) != std::string::npos;) {
		directory.resize(end);
		if (!is_marked(directory)) break;
		if (rmdir(directory.c_str()) == 0 || errno == ENOENT) continue;
		if (errno == EBUSY || errno == ENOTEMPTY) break;
		return throw_system_error(env, "rmdir", errno, directory.c_str());
	}
	return env.Undefined();
}

} // namespace

void init_cgroup_mark(Napi::Env, Napi::Object exports) {
	offer<mark>(exports, "markCgroup");
	offer<remove_above>(exports, "removeMarkedCgroupsAbove");
}

} // namespace tsrun
