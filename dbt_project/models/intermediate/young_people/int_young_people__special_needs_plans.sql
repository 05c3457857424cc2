with requests as (
    select * from {{ ref('stg_sen2__requests') }}
    where
        person_id is not null
        and request_date is not null
        and statement_or_plan_code is not null
        and final_date >= request_date
),

years as (
    select * from {{ ref('reporting_years') }}
),

-- A request of autumn stands in the return of its own year and of the next: the newer knows more.
newest_word as (
    select * from requests
    qualify row_number() over (
            partition by la_code, person_id, request_date
            order by period_label desc, _delivery_id desc, _source_line desc
        ) = 1
),

-- Made in a calendar year is dated in it, whenever it was asked for. The senders' own counts of
-- weeks are not used: 26 weeks are 182 days.
made as (
    select
        newest_word.la_code,
        years.financial_year_label as period_label,
        newest_word.person_id,
        newest_word.request_date,
        newest_word.final_date,
        newest_word.statement_or_plan_code not like 'E%'
        and newest_word.statement_or_plan_code not like 'P%' as is_statement,
        coalesce(newest_word.exception_flag, false) as is_exception,
        {{ dbt.datediff('newest_word.request_date', 'newest_word.final_date', 'day') }}
            as day_count,
        newest_word._delivery_id,
        newest_word._source_file,
        newest_word._source_line
    from newest_word
    inner join years on extract(year from newest_word.final_date) = years.start_year
)

select * from made
