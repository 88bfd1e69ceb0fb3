from app.core.migrations import run_chain

run_chain("control")
