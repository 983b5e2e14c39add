#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "operation.h"
#include "syscalls.h"

/* A caller that connects and says nothing must not keep the container from being started by the next one. */
#define GO_TIMEOUT_MS 10000

static bool has_go(int connection) {
	struct pollfd wait = {.fd = connection, .events = POLLIN};
	struct tsrun_command command;
	int ready;
	do ready = poll(&wait, 1, GO_TIMEOUT_MS);
	while (ready == -1 && errno == EINTR);
	if (ready != 1) return false;
	return recv(connection, &command, sizeof command, MSG_DONTWAIT) == (ssize_t)sizeof command &&
	       command.kind == TSRUN_GO;
}

static int accept_start(const struct init *init, int listener) {
	for (;;) {
		int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (connection == -1) {
			if (errno == EINTR || errno == ECONNABORTED) continue;
			fault_errno(init, TSRUN_CALL_accept, NULL);
		}
		if (has_go(connection)) return connection;
		close(connection);
	}
}

void perform_wait_start(struct init *init, struct reader *fields) {
	int listener = read_some_fd(fields);
	/* Nothing of the host and no private procfs stays open in a process that may wait for days. */
	forget_caches(init);

	int connection = accept_start(init, listener);
	if (dup3(connection, init->channel, O_CLOEXEC) == -1) fault_errno(init, TSRUN_CALL_dup3, NULL);
	close(connection);
	close(listener);
	send_report(init, TSRUN_GOING, 0, NULL, -1);
}
