#include <ctime>

#include "module.h"

namespace tsrun {

namespace {

// The clock of the init helper's times as well (addon/wire/messages.h): spans of both can be set side by side.
Napi::Value wall_clock(const Napi::CallbackInfo &info) {
	timespec now = {};
	clock_gettime(CLOCK_REALTIME, &now);
	const double microseconds = static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
	return Napi::Number::New(info.Env(), microseconds);
}

} // namespace

void init_clock(Napi::Env, Napi::Object exports) {
	offer<wall_clock>(exports, "wallClock");
}

} // namespace tsrun
