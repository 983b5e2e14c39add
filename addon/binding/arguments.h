#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <napi.h>
#include <string>
#include <vector>

namespace tsrun {

/// The bytes of a Uint8Array; they belong to JavaScript and are valid during the call only.
struct Bytes {
	uint8_t *data;
	size_t size;
};

/// What JavaScript handed to a function, checked. The first value that is not of its type leaves a TypeError pending,
/// and `refused()` is true from then on: the function must return before it has done anything.
class Arguments {
      public:
	explicit Arguments(const Napi::CallbackInfo &info);
	/// Named properties of the first argument, numbered in the order of `names`.
	Arguments(const Napi::CallbackInfo &info, std::initializer_list<const char *> names);

	int integer(size_t index);
	uint64_t wide(size_t index);  ///< a bigint between 0 and 2^64-1
	uint64_t count(size_t index); ///< a number from 0 to 2^53-1
	bool boolean(size_t index);
	std::string text(size_t index);    ///< without NUL bytes: the kernel would see another text than was checked
	std::string content(size_t index); ///< any string, as UTF-8
	Bytes bytes(size_t index);
	std::vector<int> integers(size_t index);
	std::vector<double> numbers(size_t index);
	std::vector<std::string> texts(size_t index); ///< without NUL bytes, as text()
	Napi::Function function(size_t index);
	bool is_text(size_t index) const;

	bool refused() const { return refused_; }

      private:
	Napi::Value at(size_t index) const;
	void refuse(size_t index, const char *wanted);
	bool to_integer(Napi::Value value, int *result);

	Napi::Env env_;
	std::vector<Napi::Value> values_;
	bool refused_ = false;
};

} // namespace tsrun
