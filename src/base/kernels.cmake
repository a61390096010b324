# Instruction sets of the hot kernels (HF_KERNEL in include/hopfilm/base.h): several, chosen at run time, where the compiler can; else one, which is stated.
# GCC can from version 12 on, clang from 18 on. Clang 14 to 17 accept the attribute, but choose by the maker of the processor and lose the function's name,
# and GCC 11 knows no levels: hence a program that links by that name, and not a list of versions.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
set(HOPFILM_ARCH "" CACHE STRING "instruction set for -march=; empty: kernels for several, chosen at run time, where the compiler can do that")
check_c_source_compiles("
  __attribute__((target_clones(\"arch=x86-64-v4\", \"arch=x86-64-v3\", \"default\"))) int hf_kernel(int a);
  int hf_kernel(int a) { return a + 1; }
  int hf_by_name(int a) __asm__(\"hf_kernel\");
  int main(int argc, char **argv) { return hf_by_name(argc) + __builtin_cpu_supports(\"x86-64-v3\"); }
" HOPFILM_HAS_CLONES)

string(TOUPPER "${CMAKE_BUILD_TYPE}" hf_type)
set(hf_arch "")
if(HOPFILM_SANITIZE OR HOPFILM_FUZZ) # run-time dispatch resolves before the sanitizer is ready
  set(hf_kernels "for the compiler's default instruction set")
elseif(HOPFILM_ARCH)
  set(hf_arch ${HOPFILM_ARCH})
  set(hf_kernels "for ${HOPFILM_ARCH} alone, as HOPFILM_ARCH says")
elseif(HOPFILM_HAS_CLONES)
  set(hf_kernels "for x86-64, x86-64-v3 and x86-64-v4, chosen at run time")
  target_compile_definitions(hf_flags INTERFACE HF_CLONES)
elseif("${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${hf_type}}" MATCHES "-m(arch|cpu)=([^ ]+)")
  set(hf_kernels "for ${CMAKE_MATCH_2} alone, as the compiler flags say")
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(hf_arch x86-64-v3)
  check_c_compiler_flag(-march=x86-64-v3 HOPFILM_HAS_LEVELS)
  if(NOT HOPFILM_HAS_LEVELS)
    set(hf_arch haswell) # the same by an older name
  endif()
  set(hf_kernels "for ${hf_arch} alone: ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION} cannot choose at run time; others: -D HOPFILM_ARCH=native, x86-64-v4 (AVX-512), x86-64 (any)")
else()
  set(hf_kernels "for the compiler's default instruction set; for this processor's: -D HOPFILM_ARCH=native")
endif()
if(hf_arch)
  string(MAKE_C_IDENTIFIER "HOPFILM_HAS_ARCH_${hf_arch}" hf_known)
  check_c_compiler_flag(-march=${hf_arch} ${hf_known})
  if(NOT ${hf_known})
    message(FATAL_ERROR "${CMAKE_C_COMPILER} does not know -march=${hf_arch}: HOPFILM_ARCH is to be one of its instruction sets")
  endif()
  target_compile_options(hf_flags INTERFACE -march=${hf_arch})
endif()
message(STATUS "kernels are compiled ${hf_kernels}")
