{
    # addon/CMakeLists.txt is the one list of native sources; this makes `node-gyp rebuild` end in the same build.
    'targets': [
        {
            'target_name': 'tsrun',
            'type': 'none',
            'actions': [
                {
                    'action_name': 'cmake',
                    'inputs': ['addon/CMakeLists.txt'],
                    # Never made, so that the action always runs: scripts/build.mjs knows what is up to date.
                    'outputs': ['<(PRODUCT_DIR)/always'],
                    'action': ['node', 'scripts/build.mjs', 'native'],
                },
            ],
        },
    ],
}
