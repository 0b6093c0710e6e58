"""The prevention officer's page, part by part: chosen area, level, rhythm, places, a plan and its evaluation."""
