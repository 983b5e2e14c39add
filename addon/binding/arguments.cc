#include "arguments.h"

#include <cmath>
#include <limits>

namespace tsrun {

Arguments::Arguments(const Napi::CallbackInfo &info) : env_(info.Env()) {
	for (size_t i = 0; i < info.Length(); i++) values_.push_back(info[i]);
}

Arguments::Arguments(const Napi::CallbackInfo &info, std::initializer_list<const char *> names) : env_(info.Env()) {
	if (!info[0].IsObject()) {
		refuse(0, "an object");
		return;
	}
	for (const char *name : names) values_.push_back(info[0].As<Napi::Object>().Get(name));
	refused_ = env_.IsExceptionPending();
}

Napi::Value Arguments::at(size_t index) const {
	return index < values_.size() ? values_[index] : env_.Undefined();
}

void Arguments::refuse(size_t index, const char *wanted) {
	if (refused_) return;
	refused_ = true;
	const std::string message = "value " + std::to_string(index + 1) + " is not " + wanted;
	Napi::TypeError::New(env_, message).ThrowAsJavaScriptException();
}

bool Arguments::to_integer(Napi::Value value, int *result) {
	if (!value.IsNumber()) return false;
	const double number = value.As<Napi::Number>().DoubleValue();
	if (!(number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max())) return false;
	*result = static_cast<int>(number);
	return std::trunc(number) == number;
}

int Arguments::integer(size_t index) {
	int result = -1;
	if (!refused_ && !to_integer(at(index), &result)) refuse(index, "a 32-bit integer");
	return result;
}

uint64_t Arguments::wide(size_t index) {
	if (refused_) return 0;
	bool lossless = false;
	const uint64_t result = at(index).IsBigInt() ? at(index).As<Napi::BigInt>().Uint64Value(&lossless) : 0;
	if (!lossless) refuse(index, "an unsigned 64-bit bigint");
	return result;
}

uint64_t Arguments::count(size_t index) {
	if (refused_) return 0;
	constexpr double max = 9007199254740991; // Number.MAX_SAFE_INTEGER
	const double number = at(index).IsNumber() ? at(index).As<Napi::Number>().DoubleValue() : -1;
	if (number >= 0 && number <= max && std::trunc(number) == number) return static_cast<uint64_t>(number);
	refuse(index, "a safe integer from 0 on");
	return 0;
}

bool Arguments::boolean(size_t index) {
	if (refused_) return false;
	if (at(index).IsBoolean()) return at(index).As<Napi::Boolean>().Value();
	refuse(index, "a boolean");
	return false;
}

bool Arguments::is_text(size_t index) const {
	return at(index).IsString();
}

std::string Arguments::text(size_t index) {
	std::string result = is_text(index) ? content(index) : std::string();
	if (!is_text(index) || result.find('\0') != std::string::npos) refuse(index, "a string without NUL");
	return result;
}

std::string Arguments::content(size_t index) {
	if (refused_) return {};
	if (is_text(index)) return at(index).As<Napi::String>().Utf8Value();
	refuse(index, "a string");
	return {};
}

Bytes Arguments::bytes(size_t index) {
	if (refused_) return {nullptr, 0};
	if (at(index).IsTypedArray() && at(index).As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array) {
		auto array = at(index).As<Napi::Uint8Array>();
		return {array.Data(), array.ByteLength()};
	}
	refuse(index, "a Uint8Array");
	return {nullptr, 0};
}

std::vector<int> Arguments::integers(size_t index) {
	if (refused_) return {};
	std::vector<int> result;
	if (!at(index).IsArray()) {
		refuse(index, "an array");
		return result;
	}
	auto array = at(index).As<Napi::Array>();
	for (uint32_t i = 0; i < array.Length(); i++) {
		int element = -1;
		if (!to_integer(array.Get(i), &element)) {
			refuse(index, "an array of 32-bit integers");
			break;
		}
		result.push_back(element);
	}
	return result;
}

std::vector<double> Arguments::numbers(size_t index) {
	if (refused_) return {};
	std::vector<double> result;
	if (!at(index).IsArray()) {
		refuse(index, "an array");
		return result;
	}
	auto array = at(index).As<Napi::Array>();
	for (uint32_t i = 0; i < array.Length() && !refused_; i++) {
		const Napi::Value element = array.Get(i);
		if (element.IsNumber())
			result.push_back(element.As<Napi::Number>().DoubleValue());
		else
			refuse(index, "an array of numbers");
	}
	return result;
}

std::vector<std::string> Arguments::texts(size_t index) {
	if (refused_) return {};
	std::vector<std::string> result;
	if (!at(index).IsArray()) {
		refuse(index, "an array");
		return result;
	}
	auto array = at(index).As<Napi::Array>();
	for (uint32_t i = 0; i < array.Length() && !refused_; i++) {
		const Napi::Value element = array.Get(i);
		if (element.IsString()) result.push_back(element.As<Napi::String>().Utf8Value());
		if (!element.IsString() || result.back().find('\0') != std::string::npos)
			refuse(index, "an array of strings without NUL");
	}
	return result;
}

Napi::Function Arguments::function(size_t index) {
	if (refused_) return {};
	if (at(index).IsFunction()) return at(index).As<Napi::Function>();
	refuse(index, "a function");
	return {};
}

} // namespace tsrun
