# `cmake --install BUILD [--prefix DIR]`, where DESTDIR is heeded: program, manual page, completion, Python programs, decks, job scripts, licence.
# Manual page, completion and schema come from the installed program, so that they agree with it.
include(GNUInstallDirs)
set(hf_share ${CMAKE_INSTALL_DATADIR}/hopfilm)
set_target_properties(hopfilm PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON) # libraries of Spack and of modules are found again
install(TARGETS hopfilm RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY postprocess/ DESTINATION ${hf_share}/python PATTERN "__pycache__" EXCLUDE PATTERN "*.egg-info" EXCLUDE PATTERN "build" EXCLUDE)
install(DIRECTORY inputs jobs DESTINATION ${hf_share} USE_SOURCE_PERMISSIONS PATTERN "__pycache__" EXCLUDE)
install(FILES LICENSE README.md CHANGELOG.md CITATION.cff DESTINATION ${CMAKE_INSTALL_DOCDIR})

# hopfilm-post finds the Python programs from where it stands.
file(RELATIVE_PATH hf_share_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/hopfilm)
configure_file(${CMAKE_CURRENT_LIST_DIR}/hopfilm-post.sh.in ${PROJECT_BINARY_DIR}/generated/hopfilm-post @ONLY)
install(PROGRAMS ${PROJECT_BINARY_DIR}/generated/hopfilm-post DESTINATION ${CMAKE_INSTALL_BINDIR})

# hf_install_output(<folder> <file> <argument of hopfilm>...): what the program prints becomes a file.
function(hf_install_output folder file)
  install(CODE "
    execute_process(COMMAND \"$<TARGET_FILE:hopfilm>\" ${ARGN} OUTPUT_FILE \"${PROJECT_BINARY_DIR}/generated/${file}\" RESULT_VARIABLE failed)
    if(failed)
      message(WARNING \"${file} is not installed: hopfilm ${ARGN} fails (\${failed}), as it may where MPI programs do not run\")
    else()
      file(INSTALL \"${PROJECT_BINARY_DIR}/generated/${file}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${folder}\")
    endif()")
endfunction()
hf_install_output(${CMAKE_INSTALL_MANDIR}/man1 hopfilm.1 man)
hf_install_output(${CMAKE_INSTALL_DATADIR}/bash-completion/completions hopfilm completion bash)
hf_install_output(${CMAKE_INSTALL_DATADIR}/zsh/site-functions _hopfilm completion zsh)
hf_install_output(${hf_share} hopfilm.schema.json keys --json-schema)
