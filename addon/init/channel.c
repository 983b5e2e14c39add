#include "channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "operation.h"
#include "times.h"

/* The kernel's limit of descriptors in one message (SCM_MAX_FD). */
#define DESCRIPTORS_MAX 253

/* A seccomp profile may refuse sendmsg(2). There is hardly one that refuses write(2). */
static ssize_t write_message(int channel, const struct tsrun_message *head, const char *text, size_t length) {
	unsigned char whole[sizeof *head + TSRUN_TEXT_MAX];
	memcpy(whole, head, sizeof *head);
	if (length > 0) memcpy(whole + sizeof *head, text, length);
	return write(channel, whole, sizeof *head + length);
}

static int try_send_bytes(const struct init *init, struct tsrun_message head, const void *text, size_t length, int fd) {
	struct iovec parts[] = {{&head, sizeof head}, {(void *)(uintptr_t)text, length}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = length == 0 ? 1 : 2};
	union {
		struct cmsghdr head;
		unsigned char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	if (fd != -1) {
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
	}
	ssize_t sent;
	do sent = sendmsg(init->channel, &message, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	if (sent == -1 && fd == -1 && errno != EPIPE && errno != ECONNRESET)
		sent = write_message(init->channel, &head, text, length);
	return sent == -1 ? -1 : 0;
}

int try_send(const struct init *init, enum tsrun_report kind, enum tsrun_call call, int value, const char *text,
             int fd) {
	struct tsrun_message head = {.kind = kind, .step = init->step, .value = value, .call = call};
	return try_send_bytes(init, head, text, text == NULL ? 0 : strnlen(text, TSRUN_TEXT_MAX), fd);
}

void send_times(const struct init *init, const struct tsrun_time *times, size_t count) {
	struct tsrun_message head = {.kind = TSRUN_TIMES, .step = init->step, .value = (int)count};
	/* Whoever does not want them any more is noticed at the next barrier. */
	(void)try_send_bytes(init, head, times, count * sizeof *times, -1);
}

void send_report(const struct init *init, enum tsrun_report kind, int value, const char *text, int fd) {
	if (try_send(init, kind, TSRUN_CALL_none, value, text, fd) == 0) return;
	if (errno == EPIPE || errno == ECONNRESET) _exit(1);
	fault_errno(init, TSRUN_CALL_sendmsg, NULL);
}

static void keep_descriptors(struct init *init, struct msghdr *message) {
	/* The kernel gathers all descriptors in one part, and we have asked for no other kind. */
	struct cmsghdr *part = CMSG_FIRSTHDR(message);
	if (part == NULL || part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) return;
	size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	if (count > (size_t)(LATE_MAX - init->late_count)) fault(init, TSRUN_CALL_recvmsg, EMFILE, NULL);
	memcpy(init->late + init->late_count, CMSG_DATA(part), count * sizeof(int));
	init->late_count += (int)count;
}

struct tsrun_command receive_command(struct init *init) {
	struct tsrun_command command;
	struct iovec part = {&command, sizeof command};
	union {
		struct cmsghdr head;
		unsigned char space[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
	} control;
	struct msghdr message = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	ssize_t length;
	do length = recvmsg(init->channel, &message, MSG_CMSG_CLOEXEC);
	while (length == -1 && errno == EINTR);
	if (length == 0 || (length == -1 && errno == ECONNRESET)) _exit(1);
	if (length == -1) fault_errno(init, TSRUN_CALL_recvmsg, NULL);
	keep_descriptors(init, &message);
	/* MSG_CTRUNC: descriptors were lost, the indexes of those that follow would be wrong. */
	if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) fault(init, TSRUN_CALL_recvmsg, EMSGSIZE, NULL);
	if ((size_t)length != sizeof command) fault(init, TSRUN_CALL_recvmsg, EBADMSG, NULL);
	return command;
}

void perform_barrier(struct init *init, struct reader *fields) {
	uint32_t id = read_u32(fields);
	/* While we wait others may look at what we have open: a process in the same pid namespace, or a hook. */
	forget_caches(init);
	tell_times(init);
	send_report(init, TSRUN_BARRIER, (int)id, NULL, -1);
	struct tsrun_command command = receive_command(init);
	if (command.kind != TSRUN_RELEASE || command.id != id) {
		fault(init, TSRUN_CALL_verify, EPROTO, "the answer is not the release of this barrier");
	}
}
