#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "operation.h"

/* The kernel gives lo its addresses when it comes up. */
void perform_loopback(struct init *init, struct reader *fields) {
	(void)fields;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* Interface requests are answered by sockets of any family: a kernel without IPv4 has this one. */
	if (fd == -1 && errno == EAFNOSUPPORT) fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1) fault_errno(init, TSRUN_CALL_socket, NULL);
	struct ifreq request = {.ifr_flags = IFF_UP};
	memcpy(request.ifr_name, "lo", sizeof "lo");
	if (ioctl(fd, SIOCSIFFLAGS, &request) == -1) fault_errno(init, TSRUN_CALL_ioctl, "lo");
	drop(&fd);
}
