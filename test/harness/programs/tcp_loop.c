/*
 * tcp_loop: a TCP connection with itself over 127.0.0.1. A line of standard input goes in at one end, and lets the line
 * before it come out at the other, to standard output: one is always under way. It fails when a line is lost or the
 * connection breaks.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void) {
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	if (listener == -1 || client == -1) return 2;
	if (bind(listener, (struct sockaddr *)&address, length) == -1 || listen(listener, 1) == -1) return 2;
	if (getsockname(listener, (struct sockaddr *)&address, &length) == -1) return 2;
	if (connect(client, (struct sockaddr *)&address, length) == -1) return 3;
	int server = accept(listener, NULL, NULL);
	if (server == -1) return 3;
	char line[64], before[64] = "", received[64];
	while (fgets(line, sizeof line, stdin) != NULL) {
		size_t size = strlen(line), due = strlen(before);
		if (send(client, line, size, MSG_NOSIGNAL) != (ssize_t)size) return 4;
		if (due > 0) {
			if (recv(server, received, due, MSG_WAITALL) != (ssize_t)due ||
			    memcmp(received, before, due) != 0)
				return 4;
			if (fwrite(received, 1, due, stdout) != due || fflush(stdout) != 0) return 5;
		}
		memcpy(before, line, size + 1);
	}
	return 0;
}
