#include "init_run.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALL(number, name) [number] = #name,
static const char *const calls[] = {
#include "calls.def"
};
#undef CALL

enum { TARGET_CHANNEL = 3, TARGET_PROGRAM = 4, TARGET_HANDED = 5, SAFE = 100 };

static int must(int result, const char *what) {
	if (result != -1) return result;
	perror(what);
	exit(2);
}

static int program_memfd(const void *program, size_t length) {
	int fd = must(memfd_create("program", MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create");
	if (write(fd, program, length) != (ssize_t)length) must(-1, "write");
	must(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL), "F_ADD_SEALS");
	return fd;
}

/* Every id of ours is itself in the child's user namespace. */
static void map_ids(int pid) {
	static const char *const files[] = {"uid_map", "gid_map"};
	char path[64];
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
		int fd = must(open(path, O_WRONLY | O_CLOEXEC), path);
		must((int)write(fd, "0 0 65536\n", 10), path);
		close(fd);
	}
}

static _Noreturn void become_helper(const struct start *start, int channel, int program, int output) {
	int safe[16], count = 0;
	safe[count++] = fcntl(channel, F_DUPFD, SAFE);
	safe[count++] = fcntl(program, F_DUPFD, SAFE);
	for (int i = 0; i < start->handed_count; i++) safe[count++] = fcntl(start->handed[i], F_DUPFD, SAFE);
	int null = open("/dev/null", O_RDONLY);
	if (dup2(null, 0) == -1 || dup2(output, 1) == -1 || dup2(output, 2) == -1) _exit(120);
	for (int i = 0; i < count; i++) {
		if (dup2(safe[i], TARGET_CHANNEL + i) == -1) _exit(121);
	}
	/* By hand: these tests also run with close_range(2) made to fail. */
	for (int fd = TARGET_CHANNEL + count; fd < 1024; fd++) (void)close(fd);

	execl(start->helper, "tsrun-init", "0", NULL);
	_exit(123);
}

static void keep_text(char *to, const struct tsrun_message *message, size_t length) {
	memcpy(to, message->text, length - sizeof *message);
	to[length - sizeof *message] = '\0';
}

static void append_output(struct result *result, int fd) {
	size_t used = strlen(result->output), room = sizeof result->output - 1 - used;
	ssize_t length = room == 0 ? 0 : read(fd, result->output + used, room);
	if (length > 0) result->output[used + (size_t)length] = '\0';
}

static int received_descriptor(struct msghdr *head) {
	struct cmsghdr *part = CMSG_FIRSTHDR(head);
	int fd = -1;
	if (part != NULL) memcpy(&fd, CMSG_DATA(part), sizeof fd);
	return fd;
}

/* The next message is dealt with; 0 when the helper has closed its end. */
static int converse(int channel, struct result *result, int *console) {
	_Alignas(struct tsrun_message) char buffer[sizeof(struct tsrun_message) + TSRUN_TEXT_MAX];
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec part = {buffer, sizeof buffer};
	struct msghdr head = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	ssize_t length = recvmsg(channel, &head, MSG_CMSG_CLOEXEC);
	if (length <= 0) return 0;
	const struct tsrun_message *message = (const void *)buffer;
	switch (message->kind) {
	case TSRUN_FAULT:
		result->faults++;
		result->step = message->step;
		result->value = message->value;
		snprintf(result->call, sizeof result->call, "%s", calls[message->call]);
		keep_text(result->text, message, (size_t)length);
		break;
	case TSRUN_WARNING:
		result->warnings++;
		keep_text(result->warning, message, (size_t)length);
		break;
	case TSRUN_BARRIER: {
		struct tsrun_command command = {TSRUN_RELEASE, (uint32_t)message->value};
		(void)!send(channel, &command, sizeof command, MSG_NOSIGNAL);
		break;
	}
	case TSRUN_FORKED: result->forks++; break;
	case TSRUN_CONSOLE:
		result->consoles++;
		*console = received_descriptor(&head);
		break;
	default: break;
	}
	return 1;
}

static void follow(int channel, int output, struct result *result) {
	int console = -1;
	while (channel != -1 || output != -1 || console != -1) {
		struct pollfd waits[] = {{channel, POLLIN, 0}, {output, POLLIN, 0}, {console, POLLIN, 0}};
		if (poll(waits, 3, -1) == -1) must(-1, "poll");
		if (waits[0].revents != 0 && !converse(channel, result, &console)) {
			close(channel);
			channel = -1;
		}
		for (int i = 1; i <= 2; i++) {
			if (waits[i].revents & POLLIN) {
				append_output(result, waits[i].fd);
			} else if (waits[i].revents != 0) {
				close(waits[i].fd);
				*(i == 1 ? &output : &console) = -1;
			}
		}
	}
}

void run(const struct start *start, const void *program, size_t length, struct result *result) {
	int channel[2], output[2];
	memset(result, 0, sizeof *result);
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), "socketpair");
	must(pipe2(output, O_CLOEXEC), "pipe2");
	int memfd = program_memfd(program, length);
	int mapped[2];
	must(pipe2(mapped, O_CLOEXEC), "pipe2");
	int pid = must((int)syscall(SYS_clone, start->flags | SIGCHLD, 0, 0, 0, 0), "clone");
	if (pid == 0) {
		char byte;
		close(mapped[1]);
		(void)!read(mapped[0], &byte, 1);
		become_helper(start, channel[1], memfd, output[1]);
	}
	close(mapped[0]);
	if (start->flags & CLONE_NEWUSER) map_ids(pid);
	close(mapped[1]);
	close(channel[1]);
	close(output[1]);
	close(memfd);
	if (start->silent) {
		close(channel[0]);
		channel[0] = -1;
	}
	follow(channel[0], output[0], result);
	/* A helper that forks hands its place to a sibling, which is our child too. */
	waitpid(pid, &result->status, 0);
	if (result->forks > 0) waitpid(-1, &result->status, 0);
}
