#include "operation.h"
#include "procfs.h"
#include "text.h"

void perform_sysctl(struct init *init, struct reader *fields) {
	const char *path = read_str(fields);
	const char *value = read_str(fields);
	struct text file;
	text_start(&file);
	text_add(&file, "sys/");
	text_add(&file, path);
	procfs_write(init, PROCFS_ALL, file.at, value);
}
