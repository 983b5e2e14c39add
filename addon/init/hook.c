#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "operation.h"
#include "process.h"
#include "syscalls.h"
#include "text.h"

/* The end of what a hook has said goes into the message. */
#define OUTPUT_MAX 4096
/* pipe(7), "Pipe capacity". */
#define PIPE_SIZE 65536

struct hook {
	const char *path;
	struct strings args, env;
	uint32_t timeout; /* ms, 0: none */
	const char *state_head, *state_tail;
	uint32_t pid;
	bool home;
};

/* A hook that runs. */
struct run {
	int pid, pidfd;
	int state;   /* its stdin; -1 once all is written or it does not read */
	int output;  /* its stdout and stderr */
	int failure; /* says why execve failed, by an int */
	const char *pending[3];
	unsigned int part; /* of pending, being written */
	size_t kept;       /* bytes of `said` */
	char said[OUTPUT_MAX];
};

static void make_pipe(const struct init *init, int ends[2]) {
	if (pipe2(ends, O_CLOEXEC) == -1) fault_errno(init, TSRUN_CALL_fork, "pipe2");
}

static void set_nonblocking(const struct init *init, int fd) {
	if (fcntl(fd, F_SETFL, O_NONBLOCK) == -1) fault_errno(init, TSRUN_CALL_fork, "O_NONBLOCK");
}

/* In the child: nothing of ours reaches the hook but the pipes. Never returns. */
static _Noreturn void become_hook(const struct init *init, const struct hook *hook, char **args, char **env,
                                  const int ends[3]) {
	int state = ends[0], output = ends[1], failure = ends[2], error = 0;
	(void)setpgid(0, 0);
	reset_signals();
	/* As long as the root has not changed, the rootfs is the directory createContainer hooks start in: under runc
	 * they do, and may name by relative paths what they change in it. */
	if (init->root_path != NULL && fchdir(init->root) == -1) error = errno;
	if (dup3(state, 0, 0) == -1 || dup3(output, 1, 0) == -1 || dup3(output, 2, 0) == -1) error = errno;
	/* The failure pipe goes to 3, the rest is closed: O_CLOEXEC is not relied on where preserved descriptors lie.
	 */
	if (error == 0 && failure != 3 && dup3(failure, 3, O_CLOEXEC) == -1) error = errno;
	if (error == 0) {
		failure = 3;
		/* Refused or missing: what is open here is marked to go with execve(2), the preserved descriptors
		 * excepted. */
		(void)sys_close_range(4, ~0u, 0);
		execve(hook->path, args, env);
		error = errno;
	}
	(void)!write(failure, &error, sizeof error);
	_exit(127);
}

static void start_hook(const struct init *init, const struct hook *hook, struct run *run) {
	int state[2], output[2], failure[2];
	char **args = string_array(init, hook->args, 0);
	char **env = string_array(init, hook->env, 1);
	if (hook->home) complete_environment(init, env);
	make_pipe(init, state);
	make_pipe(init, output);
	make_pipe(init, failure);
	run->pid = sys_clone(SIGCHLD);
	if (run->pid == -1) fault_errno(init, TSRUN_CALL_fork, hook->path);
	if (run->pid == 0) become_hook(init, hook, args, env, (int[]){state[0], output[1], failure[1]});
	/* On both sides: whoever is first, the group is there when it is to be killed. */
	(void)setpgid(run->pid, run->pid);
	drop(&state[0]);
	drop(&output[1]);
	drop(&failure[1]);
	run->state = state[1];
	run->output = output[0];
	run->failure = failure[0];
	set_nonblocking(init, run->state);
	set_nonblocking(init, run->output);
	run->pidfd = sys_pidfd_open(run->pid);
	if (run->pidfd == -1) fault_errno(init, TSRUN_CALL_fork, "pidfd_open");
}

/* Writes what the pipe takes of the state. A hook need not read it. */
static void write_state(struct run *run) {
	while (run->part < 3) {
		size_t length = strlen(run->pending[run->part]);
		if (length == 0) {
			run->part++;
			continue;
		}
		ssize_t written = write(run->state, run->pending[run->part], length);
		if (written == -1 && errno == EINTR) continue;
		if (written == -1 && errno == EAGAIN) return;
		if (written == -1) break;
		run->pending[run->part] += written;
	}
	drop(&run->state);
}

/* Keeps the last OUTPUT_MAX bytes. */
static void keep_output(struct run *run, const char *bytes, size_t length) {
	size_t room = sizeof run->said - run->kept;
	if (length > room) {
		size_t lost = length - room;
		memmove(run->said, run->said + lost, run->kept - lost);
		run->kept -= lost;
	}
	memcpy(run->said + run->kept, bytes, length);
	run->kept += length;
}

/* No more than a pipe holds at a time: a hook that writes without end must not keep us from its deadline. */
static void read_output(struct run *run) {
	char chunk[1024];
	for (size_t taken = 0; taken < PIPE_SIZE; taken += sizeof chunk) {
		ssize_t length = read(run->output, chunk, sizeof chunk);
		if (length > 0) {
			keep_output(run, chunk, (size_t)length);
			continue;
		}
		if (length == -1 && (errno == EINTR)) continue;
		if (length == 0 || errno != EAGAIN) drop(&run->output);
		return;
	}
}

static int64_t now_ms(void) {
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Serves the pipes until the hook itself has ended, whatever it has left in the background; false: out of time. */
static bool has_ended(const struct init *init, const struct hook *hook, struct run *run) {
	int64_t deadline = now_ms() + hook->timeout;
	for (;;) {
		int64_t left = hook->timeout == 0 ? -1 : deadline - now_ms();
		if (hook->timeout != 0 && left <= 0) return false;
		/* poll(2) passes over descriptors of -1. */
		struct pollfd waits[] = {{run->pidfd, POLLIN, 0}, {run->output, POLLIN, 0}, {run->state, POLLOUT, 0}};
		int ready = poll(waits, 3, left > INT32_MAX ? INT32_MAX : (int)left);
		if (ready == -1 && errno != EINTR) fault_errno(init, TSRUN_CALL_fork, "poll");
		if (ready <= 0) continue;
		if (waits[1].revents != 0) read_output(run);
		if (waits[2].revents != 0) write_state(run);
		if (waits[0].revents != 0) return true;
	}
}

static int reap(const struct init *init, int pid) {
	int status;
	pid_t reaped;
	do reaped = waitpid(pid, &status, 0);
	while (reaped == -1 && errno == EINTR);
	if (reaped == -1) fault_errno(init, TSRUN_CALL_fork, "waitpid");
	return status;
}

static void check_result(const struct init *init, const struct hook *hook, struct run *run, bool ended, int status) {
	int error;
	if (read(run->failure, &error, sizeof error) == (ssize_t)sizeof error) {
		fault(init, TSRUN_CALL_execve, error, hook->path);
	}
	if (ended && status == 0) return;
	struct text said;
	text_start(&said);
	text_add_bytes(&said, run->said, run->kept);
	fault(init, TSRUN_CALL_hook, ended ? status : -ETIMEDOUT, said.at);
}

static void run_hook(const struct init *init, const struct hook *hook) {
	struct text pid;
	text_start(&pid);
	text_add_number(&pid, hook->pid == 0 ? (uint64_t)getpid() : hook->pid, 10);
	struct run run = {.pending = {hook->state_head, pid.at, hook->state_tail}};

	/* A hook that does not read its state is no error, and a SIGCHLD that is ignored would reap it before us. */
	reset_signals();
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	(void)sigaction(SIGPIPE, &ignore, NULL);

	start_hook(init, hook, &run);
	bool ended = has_ended(init, hook, &run);
	if (!ended) (void)kill(-run.pid, SIGKILL);
	int status = reap(init, run.pid);
	if (run.output != -1) read_output(&run);
	check_result(init, hook, &run, ended, status);
	drop(&run.state);
	drop(&run.output);
	drop(&run.failure);
	drop(&run.pidfd);
	/* An ignored SIGPIPE would stay so over execve(2). */
	reset_signals();
	heed_requests_to_end();
}

void perform_hook(struct init *init, struct reader *fields) {
	/* Which hook it is, the host knows by the step. */
	(void)read_u32(fields);
	(void)read_u32(fields);
	struct hook hook = {.path = read_str(fields)};
	hook.args = read_strs(fields);
	hook.env = read_strs(fields);
	hook.timeout = read_u32(fields);
	hook.state_head = read_str(fields);
	hook.state_tail = read_str(fields);
	hook.pid = read_u32(fields);
	hook.home = read_u32(fields) != 0;
	run_hook(init, &hook);
}
