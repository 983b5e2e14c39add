/* Attaches a device program that denies all, beside those that a cgroup has: deny_devices DIRECTORY */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long bpf(enum bpf_cmd command, union bpf_attr *attributes) {
	return syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

int main(int argc, char **argv) {
	if (argc != 2) return 2;
	const struct bpf_insn nothing_is_allowed[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr load, attach;
	memset(&load, 0, sizeof load);
	load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	load.insns = (uintptr_t)nothing_is_allowed;
	load.insn_cnt = 2;
	load.license = (uintptr_t) "Apache-2.0";
	const long program = bpf(BPF_PROG_LOAD, &load);
	if (program < 0) {
		perror("BPF_PROG_LOAD");
		return 1;
	}
	memset(&attach, 0, sizeof attach);
	attach.target_fd = (uint32_t)open(argv[1], O_RDONLY | O_DIRECTORY);
	attach.attach_bpf_fd = (uint32_t)program;
	attach.attach_type = BPF_CGROUP_DEVICE;
	attach.attach_flags = BPF_F_ALLOW_MULTI;
	if (bpf(BPF_PROG_ATTACH, &attach) != 0) {
		perror("BPF_PROG_ATTACH");
		return 1;
	}
	return 0;
}
