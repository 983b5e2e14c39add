#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "operation.h"
#include "path.h"
#include "process.h"
#include "syscalls.h"
#include "times.h"

/* Linux's PATH_MAX bounds what getcwd and execve deal in. */
static void check_cwd(const struct init *init, const char *asked) {
	char path[PATH_MAX];
	long length = syscall(SYS_getcwd, path, sizeof path);
	if (length == -1) fault_errno(init, TSRUN_CALL_getcwd, asked);
	/* CVE-2024-21626: a directory reached by a leaked descriptor is outside; the kernel then says
	 * "(unreachable)...". */
	if (path[0] != '/') fault_verify(init, EXDEV, asked, " is outside of the container's root");
}

enum attempt { MUST_SUCCEED = 0, MAY_FAIL = 1, LAST = 2 };

void perform_chdir(struct init *init, struct reader *fields) {
	const char *path = read_str(fields);
	uint32_t attempt = read_u32(fields);
	if (attempt == LAST && init->in_cwd) return;
	if (chdir(path) == -1) {
		/* root_squash: root may not enter what the user may, or the reverse. */
		if (attempt == MAY_FAIL) return;
		fault_errno(init, TSRUN_CALL_chdir, path);
	}
	check_cwd(init, path);
	init->in_cwd = true;
}

/* 0, or why the file cannot be executed. */
static int check_executable(const char *path) {
	struct stat status;
	if (stat(path, &status) == -1) return errno;
	if (S_ISDIR(status.st_mode)) return EISDIR;
	if (!S_ISREG(status.st_mode)) return EACCES;
	if (sys_faccessat2(AT_FDCWD, path, X_OK, AT_EACCESS) == 0) return 0;
	/* Before 5.8, or under a seccomp profile that is older than the call, there is only access(2), which asks for
	 * the real ids: ours are the same by now. */
	if ((errno == ENOSYS || errno == EPERM) && faccessat(AT_FDCWD, path, X_OK, 0) == 0) return 0;
	return errno;
}

/* The first element of the PATH that has it; ENOENT, or EACCES where one has it but may not run it. */
static int search(char *found, const char *name, const char *path) {
	int result = ENOENT;
	size_t name_length = strlen(name);
	for (;;) {
		size_t length = strcspn(path, ":");
		if (length + name_length + 3 <= PATH_MAX) {
			char *end = found;
			memcpy(end, path, length);
			end += length;
			if (length == 0) *end++ = '.';
			*end++ = '/';
			memcpy(end, name, name_length + 1);
			int error = check_executable(found);
			if (error == 0) return 0;
			if (error == EACCES) result = EACCES;
		}
		if (path[length] == '\0') return result;
		path += length + 1;
	}
}

void perform_find_program(struct init *init, struct reader *fields) {
	const char *name = read_str(fields);
	const char *path = read_str(fields);
	int error = ENOENT;
	if (strchr(name, '/') != NULL) {
		error = check_executable(name);
		init->program = name;
	} else if (*name != '\0') {
		char *found = pages(init, PATH_MAX);
		error = search(found, name, path);
		init->program = found;
	}
	if (error != 0) fault(init, TSRUN_CALL_find_program, error, name);
}

static bool is_home(const char *variable) {
	return strncmp(variable, "HOME=", 5) == 0;
}

void complete_environment(const struct init *init, char **variables) {
	if (init->home == NULL) return;
	char **to = variables;
	bool home = false;
	for (char **from = variables; *from != NULL; from++) {
		if (is_home(*from) && (*from)[5] == '\0') continue;
		home = home || is_home(*from);
		*to++ = *from;
	}
	if (!home) *to++ = (char *)(uintptr_t)init->home;
	*to = NULL;
}

void reset_signals(void) {
	struct sigaction action = {.sa_handler = SIG_DFL};
	for (int number = 1; number < NSIG; number++) (void)sigaction(number, &action, NULL);
	sigset_t none;
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void end_by(int number) {
	_exit(128 + number);
}

void heed_requests_to_end(void) {
	static const int requests[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct sigaction action = {.sa_handler = end_by};
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) (void)sigaction(requests[i], &action, NULL);
}

void prepare_exec(struct init *init) {
	if (init->arguments != NULL || init->exec == NULL) return;
	struct reader fields = {init, init->exec, init->exec + init->exec_length};
	struct strings args = read_strs(&fields);
	struct strings env = read_strs(&fields);
	if (args.count == 0) fault(init, TSRUN_CALL_program, EINVAL, "an exec without arguments");
	init->arguments = string_array(init, args, 0);
	init->variables = string_array(init, env, 1);
	reset_signals();
	heed_requests_to_end();
}

void perform_exec(struct init *init, struct reader *fields) {
	if (init->program == NULL || fields->at != init->exec) {
		fault(init, TSRUN_CALL_program, EINVAL,
		      "an exec before a program was found, or before the program's end");
	}
	prepare_exec(init);
	complete_environment(init, init->variables);
	end_times(init);
	/* Closed rather than left to O_CLOEXEC: nothing of the host is there even if one was opened without it. */
	if (!init->closed) close_from(init, 3 + (unsigned int)init->preserved);
	execve(init->program, init->arguments, init->variables);
	fault_errno(init, TSRUN_CALL_execve, init->program);
}
