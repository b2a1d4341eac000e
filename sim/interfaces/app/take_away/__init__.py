"""What a visitor can take home: files, pictures, values, commands."""
