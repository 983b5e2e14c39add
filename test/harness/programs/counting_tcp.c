/*
 * counting_tcp FILE: a TCP connection with itself over 127.0.0.1, on which it sends a count; what comes out of the
 * other end is written to the file. It ends when a number is lost or the connection breaks.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void tell(const char *path, unsigned count) {
	char text[16], fresh[256];
	snprintf(fresh, sizeof fresh, "%s.new", path);
	int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	int length = snprintf(text, sizeof text, "%u\n", count);
	if (file == -1 || write(file, text, (size_t)length) != length || close(file) == -1) exit(5);
	if (rename(fresh, path) == -1) exit(5);
}

int main(int argc, char **argv) {
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	if (argc != 2 || listener == -1 || client == -1) return 2;
	if (bind(listener, (struct sockaddr *)&address, length) == -1 || listen(listener, 1) == -1) return 2;
	if (getsockname(listener, (struct sockaddr *)&address, &length) == -1) return 2;
	if (connect(client, (struct sockaddr *)&address, length) == -1) return 3;
	int server = accept(listener, NULL, NULL);
	if (server == -1) return 3;
	for (unsigned count = 1;; count++) {
		unsigned received = 0;
		if (send(client, &count, sizeof count, MSG_NOSIGNAL) != sizeof count) return 4;
		if (recv(server, &received, sizeof received, MSG_WAITALL) != sizeof received || received != count)
			return 4;
		tell(argv[1], count);
		usleep(20000);
	}
}
