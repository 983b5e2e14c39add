#include "system_error.h"

#include <cctype>
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

// "no such file or directory", as Node.js words it; the abbreviation alone where the C library has no words of its own.
std::string words_of(int error) {
#ifdef __GLIBC__
	if (const char *words = strerrordesc_np(error)) {
		std::string text = words;
		text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
		return text;
	}
#endif
	return name_of(error);
}

} // namespace

Napi::Value throw_system_error(Napi::Env env, const char *syscall, int error, const char *path) {
	const std::string code = name_of(error);
	std::string message = code + ": " + words_of(error) + ", " + syscall;
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
