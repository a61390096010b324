# shellcheck shell=bash
# Sourced by quickstart.sh and the tests, read by tests/tests.cmake: settings for Open MPI on one machine; other MPIs ignore them.
export OMP_NUM_THREADS=1                             # hopfilm uses ranks; its libraries must not start threads of their own
export OMPI_MCA_rmaps_base_oversubscribe=1           # more ranks than cores are allowed
export OMPI_MCA_hwloc_base_binding_policy=none       # and they are not bound to the same core
export OMPI_MCA_mpi_yield_when_idle=1                # nor do they spin while waiting
export OMPI_MCA_btl_vader_single_copy_mechanism=none # forbidden in containers, where it would print a warning per rank
export OMPI_ALLOW_RUN_AS_ROOT=1                      # containers run as root
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
