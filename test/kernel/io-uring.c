/*
 * Through io_uring, without a library: ring FILE PORT opens FILE, and FILE-direct into the ring's own table, connects to a port of this
 * machine, listens on the next one, accepts a connection at a third, and binds a datagram socket to a fourth. Binding and listening came with
 * Linux 6.11.
 */
#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <unistd.h>

static int ring;
static struct io_uring_params params;
static char *submissions, *completions;
static struct io_uring_sqe *entries;

static int perform(const struct io_uring_sqe *entry)
{
	unsigned *tail = (unsigned *)(submissions + params.sq_off.tail), *array = (unsigned *)(submissions + params.sq_off.array);
	unsigned mask = *(unsigned *)(submissions + params.sq_off.ring_mask), index = *tail & mask;
	unsigned *head = (unsigned *)(completions + params.cq_off.head);
	struct io_uring_cqe *done = (struct io_uring_cqe *)(completions + params.cq_off.cqes);
	int result;

	entries[index] = *entry;
	array[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(__NR_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		exit(2);
	result = done[*head & *(unsigned *)(completions + params.cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 0) };
	struct io_uring_sqe entry = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)argv[1] };

	ring = syscall(__NR_io_uring_setup, 8, &params);
	if (argc < 3 || ring < 0)
		return 1;
	submissions = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	completions = params.features & IORING_FEAT_SINGLE_MMAP ?
			      submissions :
			      mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
	entries = mmap(0, 8 * sizeof(*entries), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	printf("opened %d\n", perform(&entry));
	char direct[4096];
	int table[2] = { -1, -1 };

	snprintf(direct, sizeof(direct), "%s-direct", argv[1]);
	entry.addr = (unsigned long)direct;
	entry.file_index = 1;
	if (syscall(__NR_io_uring_register, ring, IORING_REGISTER_FILES, table, 2))
		return 4;
	printf("direct %d\n", perform(&entry));
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	memset(&entry, 0, sizeof(entry));
	entry.opcode = IORING_OP_CONNECT;
	entry.fd = socket(AF_INET, SOCK_STREAM, 0);
	entry.addr = (unsigned long)&to;
	entry.off = sizeof(to);
	printf("connected %d\n", perform(&entry));
	to.sin_port = htons(atoi(argv[2]) + 1);
	memset(&entry, 0, sizeof(entry));
	entry.opcode = 57;
	entry.fd = socket(AF_INET, SOCK_STREAM, 0);
	entry.len = 5;
	if (bind(entry.fd, (void *)&to, sizeof(to)))
		return 3;
	printf("listens %d\n", perform(&entry));

	int client = socket(AF_INET, SOCK_STREAM, 0), listener = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_port = htons(atoi(argv[2]) + 3);
	if (bind(listener, (void *)&to, sizeof(to)) || listen(listener, 5) || connect(client, (void *)&to, sizeof(to)))
		return 5;
	memset(&entry, 0, sizeof(entry));
	entry.opcode = IORING_OP_ACCEPT;
	entry.fd = listener;
	printf("accepted %d\n", perform(&entry));
	to.sin_port = htons(atoi(argv[2]) + 2);
	memset(&entry, 0, sizeof(entry));
	entry.opcode = 56;
	entry.fd = socket(AF_INET, SOCK_DGRAM, 0);
	entry.addr = (unsigned long)&to;
	entry.off = sizeof(to);
	printf("bound %d\n", perform(&entry));
	return 0;
}
