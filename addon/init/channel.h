/* The conversation with the host: one struct of messages.h per SOCK_SEQPACKET message. */
#ifndef TSRUN_CHANNEL_H
#define TSRUN_CHANNEL_H

#include "init.h"

/* Sends one message, with a descriptor beside it unless `fd` is -1. -1 and errno when it could not be sent. */
int try_send(const struct init *init, enum tsrun_report kind, enum tsrun_call call, int value, const char *text,
             int fd);

/* The same where the host has to get it. A host that is gone ends us. */
void send_report(const struct init *init, enum tsrun_report kind, int value, const char *text, int fd);

/* Sends so many times, which fit into one message. */
void send_times(const struct init *init, const struct tsrun_time *times, size_t count);

/* Receives the next command; descriptors that come along take the next indexes. A host that is gone ends us. */
struct tsrun_command receive_command(struct init *init);

#endif
