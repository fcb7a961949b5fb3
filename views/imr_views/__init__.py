"""What people see: results, criteria and letters as text, Markdown and on a terminal."""
