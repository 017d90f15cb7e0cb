//! Starts the command line, nothing else.

fn main() -> std::process::ExitCode {
    dokku_conform::cli::main()
}
