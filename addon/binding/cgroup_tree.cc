// Whole trees of cgroups. What is in them was made by containers that have cgroups of their own to fill: with names of
// any bytes, and deeper than a path may be long. So everything goes by descriptors and by the bytes that the kernel
// gives, never by a path.
#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"

namespace tsrun {

namespace {

using Names = std::vector<std::string>;

// How often a walk begins again because a cgroup that it was in has been removed under it.
constexpr int most_tries = 20;

int open_below(int directory, const char *name) {
	return openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

// Names of the directories in a directory. Answers 0 or an errno.
int names_below(int directory, Names *names) {
	const int own = open_below(directory, ".");
	if (own == -1) return errno;
	DIR *stream = fdopendir(own);
	if (stream == nullptr) {
		const int error = errno;
		close(own);
		return error;
	}
	errno = 0;
	while (const dirent *entry = readdir(stream)) {
		const std::string name = entry->d_name;
		if (entry->d_type == DT_DIR && name != "." && name != "..") names->push_back(name);
		errno = 0;
	}
	const int error = errno;
	closedir(stream);
	return error;
}

// Adds the pids that cgroup.procs of a directory lists. Answers 0 or an errno.
int add_processes(int directory, std::vector<double> *pids) {
	OwnedDescriptor file(openat(directory, "cgroup.procs", O_RDONLY | O_CLOEXEC));
	if (!file.valid()) return errno;
	std::string text;
	char piece[4096];
	for (;;) {
		const ssize_t size = read(file.get(), piece, sizeof piece);
		if (size == 0) break;
		if (size > 0)
			text.append(piece, static_cast<size_t>(size));
		else if (errno != EINTR)
			return errno;
	}
	const char *rest = text.c_str();
	while (*rest != '\0') {
		char *end;
		const long pid = strtol(rest, &end, 10);
		if (end == rest) return EIO;
		// 0 stands for a process of a pid namespace that is not ours to see.
		if (pid > 0) pids->push_back(static_cast<double>(pid));
		rest = *end == '\n' ? end + 1 : end;
	}
	return 0;
}

// ENODEV: the cgroup was removed while it was read. EOPNOTSUPP: a threaded one lists its processes above.
bool is_no_answer(int error) {
	return error == 0 || error == ENOENT || error == ENODEV || error == EOPNOTSUPP;
}

int go_to(OwnedDescriptor *current, const char *name) {
	const int next = open_below(current->get(), name);
	if (next == -1) return errno;
	*current = OwnedDescriptor(next);
	return 0;
}

int collect(const std::string &path, std::vector<double> *pids) {
	OwnedDescriptor current(open_below(AT_FDCWD, path.c_str()));
	if (!current.valid()) return errno == ENOENT || errno == ENODEV ? 0 : errno;
	std::vector<Names> levels;
	for (bool entered = true;;) {
		if (entered) {
			int error = add_processes(current.get(), pids);
			if (!is_no_answer(error)) return error;
			levels.emplace_back();
			error = names_below(current.get(), &levels.back());
			if (!is_no_answer(error)) return error;
		}
		if (levels.back().empty()) {
			levels.pop_back();
			if (levels.empty()) return 0;
			// ENOENT: it is no longer below anything. The caller begins again.
			if (const int error = go_to(&current, "..")) return error;
			entered = false;
			continue;
		}
		const int error = go_to(&current, levels.back().back().c_str());
		levels.back().pop_back();
		if (error != 0 && error != ENOENT && error != ENODEV) return error;
		entered = error == 0;
	}
}

// Removes the directories below one, the deepest first. Answers 0 or the errno of what could not be removed.
int remove_below(const std::string &path) {
	OwnedDescriptor current(open_below(AT_FDCWD, path.c_str()));
	if (!current.valid()) return errno == ENOENT || errno == ENODEV ? 0 : errno;
	std::vector<Names> levels(1);
	if (const int error = names_below(current.get(), &levels.back())) return error == ENOENT ? 0 : error;
	for (bool emptied = false;;) {
		Names &names = levels.back();
		if (names.empty()) {
			levels.pop_back();
			if (levels.empty()) return 0;
			if (const int error = go_to(&current, "..")) return error;
			emptied = true;
			continue;
		}
		const char *name = names.back().c_str();
		if (unlinkat(current.get(), name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
			names.pop_back();
			emptied = false;
			continue;
		}
		// Processes are in it, or on their way out.
		if (errno != EBUSY || emptied) return errno;
		Names below;
		if (const int error = go_to(&current, name)) return error;
		if (const int error = names_below(current.get(), &below)) return error;
		if (below.empty()) return EBUSY;
		levels.push_back(std::move(below));
	}
}

// cgroupTreeProcesses(path): pids of the cgroup and of all below it, in no order; none when it does not exist
Napi::Value processes(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string path = in.text(0);
	if (in.refused()) return {};
	std::vector<double> pids;
	int error = ENOENT;
	for (int tries = 0; error == ENOENT && tries < most_tries; tries++) {
		pids.clear();
		error = collect(path, &pids);
	}
	if (error != 0) return throw_system_error(env, "read", error, path.c_str());
	Napi::Array list = Napi::Array::New(env, pids.size());
	for (uint32_t index = 0; index < pids.size(); index++) list.Set(index, pids[index]);
	return list;
}

// removeCgroupsBelow(path): removes the cgroups below one; EBUSY while one of them has processes
Napi::Value remove(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string path = in.text(0);
	if (in.refused()) return {};
	int error = ENOENT;
	for (int tries = 0; error == ENOENT && tries < most_tries; tries++) error = remove_below(path);
	if (error != 0) return throw_system_error(env, "rmdir", error, path.c_str());
	return env.Undefined();
}

} // namespace

void init_cgroup_tree(Napi::Env, Napi::Object exports) {
	offer<processes>(exports, "cgroupTreeProcesses");
	offer<remove>(exports, "removeCgroupsBelow");
}

} // namespace tsrun
