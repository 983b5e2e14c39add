#include <cerrno>
#include <cstring>
#include <sys/ioctl.h>
#include <termios.h>

#include "arguments.h"
#include "module.h"
#include "system_error.h"

namespace tsrun {

namespace {

Napi::Value get_window_size(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	if (in.refused()) return {};
	winsize size = {};
	if (ioctl(fd, TIOCGWINSZ, &size) != 0) return throw_system_error(info.Env(), "ioctl", errno);
	Napi::Object result = Napi::Object::New(info.Env());
	result.Set("rows", size.ws_row);
	result.Set("columns", size.ws_col);
	return result;
}

Napi::Value set_window_size(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	const int rows = in.integer(1);
	const int columns = in.integer(2);
	if (in.refused()) return {};
	winsize size = {};
	size.ws_row = static_cast<unsigned short>(rows);
	size.ws_col = static_cast<unsigned short>(columns);
	if (size.ws_row != rows || size.ws_col != columns) return throw_system_error(info.Env(), "ioctl", ERANGE);
	if (ioctl(fd, TIOCSWINSZ, &size) != 0) return throw_system_error(info.Env(), "ioctl", errno);
	return info.Env().Undefined();
}

Napi::Value make_raw(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	if (in.refused()) return {};
	termios saved;
	memset(&saved, 0, sizeof saved); // all of it goes to JavaScript, padding too
	if (tcgetattr(fd, &saved) != 0) return throw_system_error(info.Env(), "tcgetattr", errno);
	termios raw = saved;
	cfmakeraw(&raw);
	if (tcsetattr(fd, TCSANOW, &raw) != 0) return throw_system_error(info.Env(), "tcsetattr", errno);
	return Napi::Buffer<uint8_t>::Copy(info.Env(), reinterpret_cast<const uint8_t *>(&saved), sizeof saved);
}

Napi::Value keep_newlines(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	if (in.refused()) return {};
	termios settings;
	if (tcgetattr(fd, &settings) != 0) return throw_system_error(info.Env(), "tcgetattr", errno);
	settings.c_oflag &= ~static_cast<tcflag_t>(ONLCR);
	if (tcsetattr(fd, TCSANOW, &settings) != 0) return throw_system_error(info.Env(), "tcsetattr", errno);
	return info.Env().Undefined();
}

Napi::Value restore(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	const Bytes bytes = in.bytes(1);
	if (in.refused()) return {};
	termios saved;
	if (bytes.size != sizeof saved) return throw_system_error(info.Env(), "tcsetattr", EINVAL);
	memcpy(&saved, bytes.data, sizeof saved);
	if (tcsetattr(fd, TCSANOW, &saved) != 0) return throw_system_error(info.Env(), "tcsetattr", errno);
	return info.Env().Undefined();
}

} // namespace

void init_terminal(Napi::Env, Napi::Object exports) {
	offer<get_window_size>(exports, "getWindowSize");
	offer<set_window_size>(exports, "setWindowSize");
	offer<make_raw>(exports, "makeRaw");
	offer<restore>(exports, "restoreTerminal");
	offer<keep_newlines>(exports, "keepNewlines");
}

} // namespace tsrun
