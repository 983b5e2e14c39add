/*
 * What the host and the init helper say to each other while a plan is performed: one struct per SOCK_SEQPACKET
 * message, descriptors by SCM_RIGHTS beside it. lib/launch/message.ts reads and writes the same layout.
 */
#ifndef TSRUN_MESSAGES_H
#define TSRUN_MESSAGES_H

#include <stdint.h>

#define TSRUN_PROGRAM_MAGIC 0x4e555254u /* "TRUN" */
#define TSRUN_WIRE_VERSION 1u
#define TSRUN_NO_FD 0xffffffffu
#define TSRUN_TEXT_MAX 4096u
#define TSRUN_TIMED 1u /* the host wants to know when each operation ended */

/* Head of the program, which the helper finds in a sealed memfd. */
struct tsrun_program {
	uint32_t magic;
	uint32_t version;
	uint32_t records;
	uint32_t flags; /* TSRUN_TIMED */
};

/* Head of one operation; `length` bytes of fields follow. */
struct tsrun_record {
	uint32_t operation;
	uint32_t step; /* index in the plan: what a fault is about */
	uint32_t length;
};

/* init -> host */
enum tsrun_report {
	TSRUN_FAULT = 1,   /* value errno, or a hook's wait status; call which one; text path or detail; init ends */
	TSRUN_WARNING = 2, /* the same, and init goes on */
	TSRUN_BARRIER = 3, /* value the barrier's id; init waits */
	TSRUN_FORKED = 4,  /* value pid of the child that goes on; the sender ends */
	TSRUN_CONSOLE = 5, /* one descriptor: the master; text the name of the pty */
	TSRUN_SECCOMP = 6, /* one descriptor: the listener */
	TSRUN_GOING = 7,   /* the connection of `start` has been accepted */
	TSRUN_TIMES = 8,   /* value how many; the text is that many tsrun_time */
	TSRUN_TREE = 9,    /* one descriptor: the mount that show_tree has cloned */
};

struct tsrun_message {
	uint32_t kind;
	uint32_t step;
	int32_t value;
	uint32_t call; /* of enum tsrun_call, see calls.def */
	char text[];   /* up to TSRUN_TEXT_MAX bytes, no NUL */
};

/*
 * When an operation ended. By CLOCK_REALTIME: the others start somewhere else in a time namespace (time_namespaces(7)),
 * and the host has to set these beside its own. A barrier stands twice, with the time at which it was passed last.
 */
struct tsrun_time {
	uint64_t nanoseconds;
	uint32_t step;     /* TSRUN_NO_STEP: of none, the helper begins */
	uint32_t reserved; /* 0 */
};

#define TSRUN_NO_STEP 0xffffffffu

/* host -> init */
enum tsrun_order {
	TSRUN_RELEASE = 1, /* id the barrier's; descriptors that come along take the next indexes */
	TSRUN_GO = 2,      /* on the start connection */
};

struct tsrun_command {
	uint32_t kind;
	uint32_t id;
};

#endif
