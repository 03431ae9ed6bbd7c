/* What LD_PRELOAD puts into the program under test. */
#include "no_sync.h"
