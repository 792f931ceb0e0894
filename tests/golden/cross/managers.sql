SELECT e.employee_id, e.department, m.employee_id AS boss, e.salary - m.salary AS gap
FROM hr.employees e LEFT JOIN hr.employees m ON e.manager_id = m.employee_id
