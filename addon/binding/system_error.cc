#include "system_error.h"

#include <cstring>
#include <string>

namespace tsrun {

namespace {

std::string name_of(int error) {
#ifdef __GLIBC__
	if (const char *name = strerrorname_np(error))
		return name; // glibc 2.32; strerror(3) would depend on the locale
#endif
	return "E" + std::to_string(error);
}

} // namespace

Napi::Value throw_system_error(Napi::Env env, const char *syscall, int error, const char *path) {
	const std::string code = name_of(error);
	std::string message = std::string(syscall) + ": " + code;
	if (path != nullptr) message += std::string(" '") + path + "'";
	Napi::Error thrown = Napi::Error::New(env, message);
	thrown.Set("errno", Napi::Number::New(env, error));
	thrown.Set("code", Napi::String::New(env, code));
	thrown.Set("syscall", Napi::String::New(env, syscall));
	if (path != nullptr) thrown.Set("path", Napi::String::New(env, path));
	thrown.ThrowAsJavaScriptException();
	return {};
}

} // namespace tsrun
