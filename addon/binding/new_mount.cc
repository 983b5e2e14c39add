#include <cerrno>
#include <linux/mount.h>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"

namespace tsrun {

namespace {

int configure(const OwnedDescriptor &context, unsigned command, const char *key, const char *value) {
	return static_cast<int>(syscall(SYS_fsconfig, context.get(), command, key, value, 0));
}

int set_option(const OwnedDescriptor &context, const std::string &option) {
	const size_t equals = option.find('=');
	if (equals == std::string::npos) return configure(context, FSCONFIG_SET_FLAG, option.c_str(), nullptr);
	const std::string key = option.substr(0, equals), value = option.substr(equals + 1);
	return configure(context, FSCONFIG_SET_STRING, key.c_str(), value.c_str());
}

// What the kernel has logged in the context: lines of "e tmpfs: ...", one per read(2).
std::string log_of(const OwnedDescriptor &context) {
	std::string log;
	char line[256];
	ssize_t length;
	while ((length = read(context.get(), line, sizeof line)) > 0) {
		std::string text(line, static_cast<size_t>(length));
		if (text.size() > 2 && text[1] == ' ') text.erase(0, 2);
		while (!text.empty() && text.back() == '\n') text.pop_back();
		log += ": " + text;
	}
	return log;
}

Napi::Value new_mount(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string type = in.text(0);
	const std::string source = in.text(1);
	const std::vector<std::string> options = in.texts(2);
	if (in.refused()) return {};
	const OwnedDescriptor context(static_cast<int>(syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC)));
	if (!context.valid()) return throw_system_error(env, "fsopen", errno, type.c_str());
	const auto failed = [&](const char *call, const std::string &what) {
		const int error = errno;
		return throw_system_error(env, call, error, (what + log_of(context)).c_str());
	};
	if (!source.empty() && configure(context, FSCONFIG_SET_STRING, "source", source.c_str()) != 0)
		return failed("fsconfig", source);
	for (const std::string &option : options) {
		if (set_option(context, option) != 0) return failed("fsconfig", option);
	}
	if (configure(context, FSCONFIG_CMD_CREATE, nullptr, nullptr) != 0) return failed("fsconfig", type);
	const long mount = syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0);
	if (mount < 0) return failed("fsmount", type);
	return Napi::Number::New(env, static_cast<double>(mount));
}

} // namespace

void init_new_mount(Napi::Env, Napi::Object exports) {
	offer<new_mount>(exports, "newMount");
}

} // namespace tsrun
