/* What analyzers, who look at one file at a time, cannot know of functions of others: that whoever
 * tells of a failure hands it on as one. tools/analyze.py puts this before every file. */
#if __has_include("base/error.h")
#include "base/error.h"
#define loci_fail(error, code, ...) ((loci_fail)(error, code, __VA_ARGS__), (code))
#define loci_fail_errno(error, code, ...) ((loci_fail_errno)(error, code, __VA_ARGS__), (code))
#define loci_fail_memory(error, what) ((loci_fail_memory)(error, what), LOCI_E_MEMORY)
#endif

#if __has_include("common/command_line.h")
#include "common/command_line.h"
#define cli_error(error) ((cli_error)(error), CLI_FAILED)
#define cli_usage_error(error, prefix) ((cli_usage_error)(error, prefix), CLI_USAGE)
#define cli_usage(...) ((cli_usage)(__VA_ARGS__), CLI_USAGE)
#define cli_fail(...) ((cli_fail)(__VA_ARGS__), CLI_FAILED)
#define cli_fail_sample(data) ((cli_fail_sample)(data), CLI_FAILED)
#endif
