// The one function of this library of Windows that Rust's std calls, for a wine that does not have it.
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG n); // RtlGenRandom

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T n) {
    return SystemFunction036(bytes, (ULONG)n);
}
