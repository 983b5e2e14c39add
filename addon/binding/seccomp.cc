// Profiles become BPF programs here; which rules there are is decided in lib/seccomp.
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"

#if TSRUN_HAS_SECCOMP
#include <seccomp.h>

namespace tsrun {

namespace {

struct Release {
	void operator()(void *context) const { seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

constexpr uint32_t words_per_condition = 4; // argument, operator, first and second operand

struct Rule {
	int call;
	uint32_t action;
	std::vector<scmp_arg_cmp> conditions;
};

// Rules lie in a row of 64-bit words: call (sign-extended), action, number of conditions, and the conditions.
class RuleReader {
      public:
	explicit RuleReader(Bytes bytes) : at_(bytes.data), end_(bytes.data + bytes.size) {}

	bool done() const { return at_ == end_; }

	bool next(Rule *rule) {
		uint64_t call = 0;
		uint64_t action = 0;
		uint64_t count = 0;
		if (!word(&call) || !word(&action) || !word(&count) || count > 6) return false;
		rule->call = static_cast<int>(static_cast<int64_t>(call));
		rule->action = static_cast<uint32_t>(action);
		rule->conditions.clear();
		for (uint64_t i = 0; i < count; i++) {
			uint64_t words[words_per_condition];
			for (uint64_t &value : words)
				if (!word(&value)) return false;
			rule->conditions.push_back(
			    {static_cast<unsigned>(words[0]), static_cast<scmp_compare>(words[1]), words[2], words[3]});
		}
		return true;
	}

      private:
	bool word(uint64_t *value) {
		if (end_ - at_ < static_cast<ptrdiff_t>(sizeof *value)) return false;
		memcpy(value, at_, sizeof *value);
		at_ += sizeof *value;
		return true;
	}

	const uint8_t *at_;
	const uint8_t *end_;
};

// libseccomp writes to a descriptor only; the size is known once it has.
Napi::Value export_program(Napi::Env env, const Context &context) {
	OwnedDescriptor file(memfd_create("tsrun-filter", MFD_CLOEXEC));
	if (!file.valid()) return throw_system_error(env, "memfd_create", errno);
	if (const int error = seccomp_export_bpf(context.get(), file.get()))
		return throw_system_error(env, "seccomp_export_bpf", -error);
	const off_t size = lseek(file.get(), 0, SEEK_END);
	if (size < 0) return throw_system_error(env, "lseek", errno);
	Napi::Uint8Array program = Napi::Uint8Array::New(env, static_cast<size_t>(size));
	if (pread(file.get(), program.Data(), static_cast<size_t>(size), 0) != size)
		return throw_system_error(env, "pread", EIO);
	return program;
}

Napi::Value compile(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info, {"defaultAction", "architectures", "optimize", "rules"});
	const uint64_t default_action = in.count(0);
	const std::vector<double> architectures = in.numbers(1);
	const bool optimize = in.boolean(2);
	const Bytes rules = in.bytes(3);
	if (in.refused()) return {};

	const Context context(seccomp_init(static_cast<uint32_t>(default_action)));
	if (!context) return throw_system_error(env, "seccomp_init", EINVAL);
	for (const double token : architectures) {
		const int error = seccomp_arch_add(context.get(), static_cast<uint32_t>(token));
		if (error != 0 && error != -EEXIST) return throw_system_error(env, "seccomp_arch_add", -error);
	}
	if (optimize) (void)seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);

	RuleReader reader(rules);
	Rule rule;
	while (!reader.done()) {
		if (!reader.next(&rule)) return throw_system_error(env, "seccomp_rule_add", EBADMSG);
		const int error =
		    seccomp_rule_add_array(context.get(), rule.action, rule.call,
		                           static_cast<unsigned>(rule.conditions.size()), rule.conditions.data());
		if (error == 0) continue;
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, rule.call);
		throw_system_error(env, "seccomp_rule_add", -error, name);
		free(name);
		return {};
	}
	return export_program(env, context);
}

Napi::Value resolve(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::vector<std::string> names = in.texts(0);
	const std::vector<double> architectures = in.numbers(1);
	if (in.refused()) return {};
	Napi::Int32Array numbers = Napi::Int32Array::New(env, names.size() * architectures.size());
	size_t next = 0;
	for (const double architecture : architectures)
		for (const std::string &name : names)
			numbers[next++] =
			    seccomp_syscall_resolve_name_arch(static_cast<uint32_t>(architecture), name.c_str());
	return numbers;
}

Napi::Value call_name(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const uint64_t architecture = in.count(0);
	const int number = in.integer(1);
	if (in.refused()) return {};
	const std::unique_ptr<char, decltype(&free)> name(
	    seccomp_syscall_resolve_num_arch(static_cast<uint32_t>(architecture), number), free);
	return name ? Napi::String::New(env, name.get()) : env.Undefined();
}

Napi::Value library(const Napi::CallbackInfo &info) {
	const scmp_version *version = seccomp_version();
	Napi::Object result = Napi::Object::New(info.Env());
	result.Set("version", std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
	                          std::to_string(version->micro));
	result.Set("architecture", seccomp_arch_native());
	return result;
}

} // namespace

void init_seccomp(Napi::Env, Napi::Object exports) {
	offer<library>(exports, "seccompLibrary");
	offer<resolve>(exports, "seccompResolve");
	offer<call_name>(exports, "seccompCallName");
	offer<compile>(exports, "seccompCompile");
}

} // namespace tsrun

#else

namespace tsrun {

namespace {

Napi::Value nothing(const Napi::CallbackInfo &info) {
	return info.Env().Undefined();
}

Napi::Value missing(const Napi::CallbackInfo &info) {
	return throw_system_error(info.Env(), "seccomp_init", ENOSYS);
}

} // namespace

void init_seccomp(Napi::Env, Napi::Object exports) {
	offer<nothing>(exports, "seccompLibrary");
	offer<missing>(exports, "seccompResolve");
	offer<nothing>(exports, "seccompCallName");
	offer<missing>(exports, "seccompCompile");
}

} // namespace tsrun

#endif
