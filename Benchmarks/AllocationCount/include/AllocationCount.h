#pragma once

#include <stdint.h>

// Counts what the whole process allocates, on any thread: sessions mint on threads of their own. It takes the place of
// malloc and its like in front of glibc's; elsewhere nothing is counted. While it is off, it costs a branch.

// Begins at 0.
void allocation_count_begin(void);

// Ends, and says how many there were; -1 where they can't be counted.
int64_t allocation_count_end(void);
